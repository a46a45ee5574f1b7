//go:build !linux

package checkasm

import "errors"

// Functions fails: how to find functions is known for Linux only.
func Functions(string) ([]Func, error) { return nil, errors.ErrUnsupported }
