// Package icons carries 103 small pictures of cats and dogs, from sets of icons
// and emoji under the licences that ATTRIBUTION.md names.
package icons

import "embed"

// FS holds the folders train and test, in each a folder for each class, cat and
// dog, and the licences.
//
//go:embed train test ATTRIBUTION.md LICENSE-APACHE-2.0.txt
var FS embed.FS
