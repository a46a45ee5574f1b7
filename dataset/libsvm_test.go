package dataset

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestLIBSVM(t *testing.T) {
	for _, c := range []struct {
		name, content string
		o             Options
		rows          [][]float64
		labels        string
		base          IndexBase
	}{
		{"from one", "+1 1:0.5 3:2\n-1 2:1\n", Options{}, [][]float64{{0.5, 0, 2}, {0, 1, 0}}, "1 -1", FromOne},
		{"from zero", "1 1:0.5 3:2\n0 0:1\n", Options{}, [][]float64{{0, 0.5, 0, 2}, {1, 0, 0, 0}}, "1 0", FromZero},
		{"told to be from zero", "1 1:1\n2 2:1\n", Options{IndexBase: FromZero}, [][]float64{{0, 1, 0}, {0, 0, 1}}, "1 2", FromZero},
		{"more features than there are", "1 1:1\n2 2:1\n", Options{Features: 4}, [][]float64{{1, 0, 0, 0}, {0, 1, 0, 0}}, "1 2", FromOne},
		{"all told", "1 1:1\n2 2:1\n", Options{Features: 3, IndexBase: FromOne}, [][]float64{{1, 0, 0}, {0, 1, 0}}, "1 2", FromOne},
		{"comments, empty lines and spaces", "# a\n\n1\t1:1  2:2 \r\n  2 2:1# b 3:4\n#c", Options{}, [][]float64{{1, 2}, {0, 1}}, "1 2", FromOne},
		{"query numbers", "1 qid:7 1:1\n2 qid:8 2:1\n", Options{}, [][]float64{{1, 0}, {0, 1}}, "1 2", FromOne},
		{"a row of zeros", "1 2:1\n2\n", Options{}, [][]float64{{0, 1}, {0, 0}}, "1 2", FromOne},
		{"no final newline", "1 1:1\n2 1:5e-1", Options{}, [][]float64{{1}, {0.5}}, "1 2", FromOne},
		{"byte order mark", "\ufeff1 1:1\n2 1:2", Options{}, [][]float64{{1}, {2}}, "1 2", FromOne},
		{"class names", "yes 1:1\nno 1:2", Options{Format: LIBSVM}, [][]float64{{1}, {2}}, "yes no", FromOne},
		{"a long line", "1 " + strings.Repeat(" ", 1<<20) + "1:1\n2 1:2\n", Options{Format: LIBSVM}, [][]float64{{1}, {2}}, "1 2", FromOne},
	} {
		for way := range 2 {
			open := func() (*Reader, error) {
				if way == 0 {
					return NewReader(strings.NewReader(c.content), "f", c.o)
				}
				return NewReader(inFile(t, []byte(c.content)), "f", c.o)
			}
			r, err := open()
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			var columns []int
			for i := range r.Label {
				columns = append(columns, i)
			}
			var rows [][]float64
			var labels []string
			for r.Next() == nil {
				row := make([]float64, len(columns))
				if err := Read(r, row, columns); err != nil {
					t.Error(err)
				}
				class, err := r.Class(r.Label)
				if err != nil {
					t.Error(err)
				}
				rows, labels = append(rows, row), append(labels, class)

				// A choice of columns gives the same numbers.
				for i := len(columns) - 1; i >= 0; i-- {
					one := []float64{-1}
					if err := Read(r, one, []int{i}); err != nil || one[0] != row[i] {
						t.Errorf("%s: column %d: %v, %v", c.name, i, one, err)
					}
				}
				two := make([]float64, 2)
				if err := Read(r, two, []int{len(columns) - 1, 0}); err != nil || two[0] != row[len(row)-1] || two[1] != row[0] {
					t.Errorf("%s: last and first column: %v, %v", c.name, two, err)
				}
			}
			if !reflect.DeepEqual(rows, c.rows) || strings.Join(labels, " ") != c.labels || r.IndexBase != c.base || r.Columns != nil {
				t.Errorf("%s: rows %v, labels %q, %+v", c.name, rows, labels, r)
			}
		}
	}
}

func TestLIBSVMErrors(t *testing.T) {
	for _, c := range []struct {
		content string
		o       Options
		want    string
	}{
		{"", Options{}, "f: the file is empty"},
		{"# only this\n", Options{}, "f: the file is empty"},
		{"1\n2\n", Options{}, "f: no line has a feature"},
		{"1 1:1\n2 2\n", Options{}, `f:2:3: "2" is not index:value; write each feature so, with spaces between them`},
		{"1 1:1\n2 x:2\n", Options{}, `f:2:3: "x" is no index of a feature; write a whole number below 2147483647`},
		{"1 1:1\n2 -1:2\n", Options{}, `f:2:3: "-1" is no index of a feature; write a whole number below 2147483647`},
		{"1 1:1\n2 :2\n", Options{}, `f:2:3: "" is no index of a feature; write a whole number below 2147483647`},
		{"1 1:1\n2 2147483647:2\n", Options{}, `f:2:3: "2147483647" is no index of a feature; write a whole number below 2147483647`},
		{"1 1:1\n2 4294967298:2\n", Options{}, `f:2:3: "4294967298" is no index of a feature; write a whole number below 2147483647`},
		{"1 1:1\n2 99999999999999999999:2\n", Options{}, `f:2:3: "99999999999999999999" is no index of a feature; write a whole number below 2147483647`},
		{"1 2:1 2:3\n", Options{}, "f:1:7: index 2 behind index 2; indices must ascend, each at most once in a line"},
		{"1 1:1\n1 3:1  2:3\n", Options{}, "f:2:8: index 2 behind index 3; indices must ascend, each at most once in a line"},
		{"1 1:1\n2 0:1\n", Options{IndexBase: FromOne}, "f:2:3: index 0, where indices count from 1; if they count from 0, say -index-base 0"},
		{"1 1:1\n2 3:1\n", Options{Features: 2}, "f:2:3: index 3, and there are 2 features, from 1 to 2; leave it out, or raise -columns for a model that is to know it"},
		{"1 1:1\n2 2:1\n", Options{Features: 2, IndexBase: FromZero}, "f:2:3: index 2, and there are 2 features, from 0 to 1; leave it out, or raise -columns for a model that is to know it"},
		{"1 1:\n", Options{}, "f:1:5: column 1: the value is missing; fill it in or remove the row"},
		{"1 1:1\n2 1:nan\n", Options{}, "f:2:5: column 1: nan stands for a missing value; fill it in or remove the row"},
		{"1 1:1\n2 1:1 2:0x1\n", Options{}, "f:2:9: column 2: 0x1 is hexadecimal; write it as a decimal number"},
		{"1 1:1\n2 1:1e39\n", Options{}, "f:2:5: column 1: 1e39 is too large for float32; scale the column, or use -float64"},
		{"1 1:1\n1,2 1:1\n", Options{}, `f:2:1: "1,2" are several labels; give each row one`},
		{"1 1:1\n  1:1\n", Options{}, `f:2:3: "1:1" where the label belongs, which begins each line`},
		{"1 1:1\n\xff 1:1\n", Options{}, `f:2:1: the name "\xff" of the class is not UTF-8; convert the file to UTF-8`},
		{"1 1:1\nno 1:1\n", Options{}, `f:2:1: label: "no" is not a number`},
		{"1 1:1\n2 500000000:1\n", Options{}, "f:2:3: index 500000000: 2 rows of 500000000 features take 3.7 GiB in memory, zeros included; if that is meant, say -columns 500000000"},
	} {
		c.o.Format = LIBSVM
		r, err := NewReader(strings.NewReader(c.content), "f", c.o)
		if err == nil {
			_, err = numbers[float32](r)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v\nwant %s", c.content, err, c.want)
		}
	}
}

// A file in which the zeros are not written is as good as one in which they are.
func TestLIBSVMWide(t *testing.T) {
	const wide = 1 << 20
	content := fmt.Sprintf("1 %d:1\n", wide)
	r, err := NewReader(strings.NewReader(content+strings.Repeat("2 1:1\n", 3)), "f", Options{})
	if err != nil || r.Width != wide+1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// FuzzLIBSVM checks that what is read, written anew with all its zeros, is read
// as the same, and that every error names the file.
func FuzzLIBSVM(f *testing.F) {
	for _, s := range []string{"1 1:2 3:4\n-1 2:1\n", "# a\n1 qid:1 0:1\n", "1\n", "1 1:1 1:1", "1,2 1:1", "+1 5:1e-3 # x", "yes 1:1\r\n\r\n", "1 99999:1"} {
		f.Add([]byte(s), byte(0))
	}
	f.Fuzz(func(t *testing.T, content []byte, choice byte) {
		o := Options{Format: LIBSVM, IndexBase: IndexBase(choice % 3), Features: int(choice / 3 % 4)}
		rows, labels, r, err := readLIBSVM(content, o)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("%q: %v", content, err)
			}
			return
		}
		if len(rows) == 0 {
			return
		}
		var again bytes.Buffer
		for i, row := range rows {
			fmt.Fprint(&again, labels[i])
			for j, v := range row {
				fmt.Fprintf(&again, " %d:%v", j+int(r.IndexBase)-1, v)
			}
			fmt.Fprintln(&again)
		}
		rows2, labels2, _, err := readLIBSVM(again.Bytes(), Options{Format: LIBSVM, IndexBase: r.IndexBase, Features: r.Label})
		if err != nil || !reflect.DeepEqual(rows, rows2) || !reflect.DeepEqual(labels, labels2) {
			t.Fatalf("%q: %v %q; written as %q: %v %q, %v", content, rows, labels, again.Bytes(), rows2, labels2, err)
		}
	})
}

func readLIBSVM(content []byte, o Options) (rows [][]float64, labels []string, r *Reader, err error) {
	r, err = NewReader(bytes.NewReader(content), "f", o)
	if err != nil {
		return nil, nil, nil, err
	}
	if r.Label > 1000 { // what is sparse would take the memory that it asks for
		return nil, nil, r, nil
	}
	columns := make([]int, r.Label)
	for i := range columns {
		columns[i] = i
	}
	for {
		if err := r.Next(); err != nil {
			if err.Error() == "EOF" {
				err = nil
			}
			return rows, labels, r, err
		}
		row := make([]float64, r.Label)
		if err := Read(r, row, columns); err != nil {
			return nil, nil, nil, err
		}
		label, err := r.Class(r.Label)
		if err != nil {
			return nil, nil, nil, err
		}
		rows, labels = append(rows, row), append(labels, label)
	}
}
