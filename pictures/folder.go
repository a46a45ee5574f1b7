package pictures

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Class is a folder of pictures.
type Class struct {
	Name  string   // of the folder
	Files []string // paths of the pictures, in the order of their names
}

// IsName says whether a file's name is that of a picture: it ends in .png, .jpg
// or .jpeg, in small letters or capitals, and does not begin with a dot.
func IsName(name string) bool {
	return !hidden(name) && slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(name)))
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// Classes lists a folder that holds a folder of pictures for each class, in the
// order of their names. It ignores, in all of them, what IsName does not take
// for a picture: hidden files and folders, and files of other kinds. A folder
// of a class must hold a picture, and no folders.
func Classes(dir string) ([]Class, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var classes []Class
	loose := "" // a picture that is in no class
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch is, err := isFolder(path); {
		case hidden(entry.Name()):
		case err != nil:
			return nil, err
		case is:
			files, err := Files(path)
			if err != nil {
				return nil, err
			}
			classes = append(classes, Class{entry.Name(), files})
		case IsName(entry.Name()):
			loose = path
		}
	}
	if len(classes) == 0 {
		return nil, fmt.Errorf("%s: want a folder of pictures for each class in it, as in %s", dir,
			filepath.Join(dir, "cat", "1.png"))
	}
	if loose != "" {
		return nil, fmt.Errorf("%s: is in none of the folders beside it; put every picture into the folder of its class", loose)
	}
	return classes, nil
}

// Files lists the pictures in a folder, as Classes does in that of a class.
func Files(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch is, err := isFolder(path); {
		case hidden(entry.Name()):
		case err != nil:
			return nil, err
		case is:
			return nil, fmt.Errorf("%s: want pictures here, not a folder; is %s meant, whose folders are the classes?", path, dir)
		case IsName(entry.Name()):
			files = append(files, path)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no pictures in it, files whose names end in .png, .jpg or .jpeg", dir)
	}
	return files, nil
}

// isFolder follows links, as reading a picture does.
func isFolder(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return info.IsDir(), nil
}
