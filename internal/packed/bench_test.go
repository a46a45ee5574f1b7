package packed

import (
	"fmt"
	"io"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// BenchmarkEpoch times epochs over the same rows in memory and from a file in
// the page cache, beside nothing but reading that file.
func BenchmarkEpoch(b *testing.B) {
	for _, cols := range []int{30, 256, 1024} {
		bytes := 512 << 20
		if testing.Short() {
			bytes = 16 << 20
		}
		rows := bytes / 4 / kernel.PaddedStride[float32](cols)
		d := newRoom[float32](rows, cols)
		d.Weights = nil
		w, err := Create[float32](b.TempDir(), cols)
		if err != nil {
			b.Fatal(err)
		}
		for i := range rows {
			row := d.X.Row(i)
			for j := range row {
				row[j] = float32((i*7+j*5)%64)/32 - 1
			}
			one := (i*7)%64 < 32
			if one {
				d.Y[i] = 1
			}
			if err := w.Append(row, one); err != nil {
				b.Fatal(err)
			}
		}
		file, err := w.Rows(false)
		if err != nil {
			b.Fatal(err)
		}
		shape := fmt.Sprintf("%dx%d", rows, cols)
		epochs := func(name string, src train.Source[float32], standardize bool) {
			b.Run(shape+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(bytes))
				o := train.Options{Rate: 0.01, Epochs: b.N + 1, Standardize: standardize}
				o.OnEpoch = func(e train.Epoch) {
					if e.Number == 1 {
						b.ResetTimer()
					}
				}
				if _, err := train.Fit(b.Context(), src, o); err != nil {
					b.Fatal(err)
				}
			})
		}
		epochs("memory", d, false)
		epochs("stream", file, false)
		epochs("standardised", file, true)
		for _, size := range []int{128 << 10, 16 << 20} {
			b.Run(fmt.Sprintf("%s/read/%dKiB", shape, size>>10), func(b *testing.B) {
				b.SetBytes(int64(bytes))
				buf := make([]byte, size)
				for b.Loop() {
					for at := int64(0); at < int64(bytes); at += int64(size) {
						if _, err := file.file.ReadAt(buf, at); err != nil && err != io.EOF {
							b.Fatal(err)
						}
					}
				}
			})
		}
		file.Close()
	}
}
