// Package columnar turns Parquet and Arrow files into CSV, which a neuron can be
// trained on.
//
// It is a module of its own, with a program of its own, neuron-columnar, because
// reading these formats takes libraries that are many times as large as
// everything else here.
package columnar

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// A File is what can be read at any place.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// batchRows is how many rows of a Parquet file are in memory at a time.
const batchRows = 1 << 13

// Columns returns the names of the columns of a file.
func Columns(f File, name string) (columns []string, err error) {
	err = guard(name, func() error {
		schema, _, err := open(context.Background(), f, nil)
		if err != nil {
			return err
		}
		for _, field := range schema.Fields() {
			columns = append(columns, field.Name)
		}
		return nil
	})
	return columns, err
}

// WriteCSV writes the rows of a Parquet file, or of an Arrow file or stream
// (Feather version 2 is an Arrow file), as CSV with a header. columns names those
// that are wanted, in their order; nil are all. Values are numbers, truth values
// (0 and 1) or text; what is missing, not finite, or of another type is an error
// that names the file, the row from 1 and the column. What was written until an
// error ends within a line, so that nobody takes it for the whole.
//
// The library that reads the files believes what they say of themselves: memory
// is not bounded by the size of a file that was damaged on purpose.
func WriteCSV(ctx context.Context, w io.Writer, f File, name string, columns []string) error {
	return guard(name, func() error {
		schema, batches, err := open(ctx, f, columns)
		if err != nil {
			return err
		}
		defer batches.release()
		order, err := choose(schema, columns)
		if err != nil {
			return err
		}
		header, err := header(schema, order)
		if err != nil {
			return err
		}
		out := &pipe{w: w}
		if err := out.line(header); err != nil {
			return err
		}
		whole := false
		defer func() {
			if !whole {
				out.fail()
			}
		}()
		row := int64(0)
		for {
			batch, err := batches.next()
			if err == io.EOF {
				whole = true
				return out.close()
			}
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = writeRows(out, batch, order, row)
			}
			if err != nil {
				return err
			}
			row += batch.NumRows()
		}
	})
}

// guard names the file in errors, and makes errors of what the libraries do
// about damaged files when they do not expect them.
func guard(name string, do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the file is damaged, or of a kind that cannot be read: %v", r)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}()
	return do()
}

// batches are the rows of a file, some at a time. A batch is valid until the
// next.
type batches struct {
	next    func() (arrow.RecordBatch, error)
	release func()
}

// open starts to read a file. Of a Parquet file only the given columns are read.
func open(ctx context.Context, f File, columns []string) (*arrow.Schema, batches, error) {
	var magic [8]byte
	n, err := f.ReadAt(magic[:], 0)
	if err != nil && err != io.EOF {
		return nil, batches{}, err
	}
	switch {
	case n == 0:
		return nil, batches{}, fmt.Errorf("the file is empty")
	case bytes.HasPrefix(magic[:], []byte("PAR1")):
		return openParquet(ctx, f, columns)
	case bytes.HasPrefix(magic[:], []byte("ARROW1")):
		return openArrowFile(f)
	case bytes.HasPrefix(magic[:], []byte("\xff\xff\xff\xff")):
		return openArrowStream(f)
	case bytes.HasPrefix(magic[:], []byte("PARE")):
		return nil, batches{}, fmt.Errorf("an encrypted Parquet file; decrypt it first")
	case bytes.HasPrefix(magic[:], []byte("FEA1")):
		return nil, batches{}, fmt.Errorf("a Feather file of version 1; write it as version 2, which is Arrow")
	}
	return nil, batches{}, fmt.Errorf("neither a Parquet nor an Arrow file, as its first bytes tell")
}

func openParquet(ctx context.Context, f File, columns []string) (*arrow.Schema, batches, error) {
	r, err := file.NewParquetReader(f)
	if err != nil {
		return nil, batches{}, damaged("Parquet", err)
	}
	table, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.DefaultAllocator)
	if err != nil {
		return nil, batches{}, damaged("Parquet", err)
	}
	schema, err := table.Schema()
	if err != nil {
		return nil, batches{}, damaged("Parquet", err)
	}
	var wanted []int // columns of the file, of which one of the schema may have several
	if columns != nil {
		for i := range r.MetaData().Schema.NumColumns() {
			top, _, _ := strings.Cut(r.MetaData().Schema.Column(i).Path(), ".")
			if slices.Contains(columns, top) || slices.Contains(columns, r.MetaData().Schema.Column(i).Path()) {
				wanted = append(wanted, i)
			}
		}
		if _, err := choose(schema, columns); err != nil {
			return nil, batches{}, err
		}
	}
	rows, err := table.GetRecordReader(ctx, wanted, nil)
	if err != nil {
		return nil, batches{}, damaged("Parquet", err)
	}
	return rows.Schema(), batches{
		next: func() (arrow.RecordBatch, error) {
			if rows.Next() {
				return rows.RecordBatch(), nil
			}
			if err := rows.Err(); err != nil && err != io.EOF {
				return nil, damaged("Parquet", err)
			}
			return nil, io.EOF
		},
		release: func() { rows.Release(); r.Close() },
	}, nil
}

func openArrowFile(f File) (*arrow.Schema, batches, error) {
	r, err := ipc.NewFileReader(f)
	if err != nil {
		return nil, batches{}, damaged("Arrow", err)
	}
	i := 0
	return r.Schema(), batches{
		next: func() (arrow.RecordBatch, error) {
			if i == r.NumRecords() {
				return nil, io.EOF
			}
			i++
			batch, err := r.RecordBatch(i - 1)
			if err != nil {
				return nil, damaged("Arrow", err)
			}
			return batch, nil
		},
		release: func() { r.Close() },
	}, nil
}

// endOfStream is the last of a stream. Without it, one that is cut off between
// two batches would look whole.
const endOfStream = "\xff\xff\xff\xff\x00\x00\x00\x00"

func openArrowStream(f File) (*arrow.Schema, batches, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, batches{}, err
	}
	var end [len(endOfStream)]byte
	if _, err := f.ReadAt(end[:], max(0, size-int64(len(end)))); err != nil && err != io.EOF {
		return nil, batches{}, err
	}
	if string(end[:]) != endOfStream {
		return nil, batches{}, fmt.Errorf("the Arrow stream is cut off, since its end has no mark; get a whole copy of it")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, batches{}, err
	}
	r, err := ipc.NewReader(bufio.NewReaderSize(f, 1<<18))
	if err != nil {
		return nil, batches{}, damaged("Arrow", err)
	}
	return r.Schema(), batches{
		next: func() (arrow.RecordBatch, error) {
			if r.Next() {
				return r.RecordBatch(), nil
			}
			if err := r.Err(); err != nil && err != io.EOF {
				return nil, damaged("Arrow", err)
			}
			return nil, io.EOF
		},
		release: r.Release,
	}, nil
}

func damaged(format string, err error) error {
	return fmt.Errorf("cut off, damaged, or of a kind of %s that cannot be read: %w", format, err)
}

// choose returns where the named columns are.
func choose(schema *arrow.Schema, columns []string) ([]int, error) {
	var all []string
	for _, field := range schema.Fields() {
		all = append(all, field.Name)
	}
	var order []int
	if columns == nil {
		columns = all
	}
	for _, name := range columns {
		i := slices.Index(all, name)
		if i < 0 {
			return nil, fmt.Errorf("no column %q; the columns are %q", name, all)
		}
		if slices.Contains(all[i+1:], name) {
			return nil, fmt.Errorf("two columns are named %q; rename one", name)
		}
		order = append(order, i)
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("there are no columns")
	}
	return order, nil
}

// header returns the first line.
func header(schema *arrow.Schema, order []int) ([]byte, error) {
	var names []string
	for _, i := range order {
		field := schema.Field(i)
		if newCell(array.MakeArrayOfNull(memory.DefaultAllocator, field.Type, 1)) == nil {
			return nil, fmt.Errorf("column %q: values of type %s are no numbers; leave the column out, or make it one of numbers or text", field.Name, field.Type)
		}
		names = append(names, field.Name)
	}
	var line bytes.Buffer
	w := csv.NewWriter(&line)
	w.Write(names)
	w.Flush()
	return line.Bytes(), w.Error()
}

// writeRows writes a batch, which is behind so many rows.
func writeRows(out *pipe, batch arrow.RecordBatch, order []int, before int64) error {
	var cells []cell
	var nulls []arrow.Array
	for _, i := range order {
		cells = append(cells, newCell(batch.Column(i)))
		nulls = append(nulls, batch.Column(i))
	}
	var line []byte
	for row := range int(batch.NumRows()) {
		line = line[:0]
		for k, cell := range cells {
			if k > 0 {
				line = append(line, ',')
			}
			var err error
			if nulls[k].IsNull(row) {
				err = errMissing
			} else {
				line, err = cell(line, row)
			}
			if err != nil {
				return fmt.Errorf("row %d, column %q: %w", before+int64(row)+1, batch.ColumnName(order[k]), err)
			}
		}
		line = append(line, '\n')
		if err := out.line(line); err != nil {
			return err
		}
	}
	return nil
}
