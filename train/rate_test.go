package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// The constants are the greatest of the second derivatives, found by looking
// everywhere.
func TestCurvatureConstants(t *testing.T) {
	var quadratic, log float64
	for k := range 2000001 {
		p := float64(k) / 2000000
		slope := p * (1 - p)
		log = max(log, slope)
		for _, y := range []float64{0, 0.3, 1} {
			quadratic = max(quadratic, math.Abs(slope*slope+(p-y)*slope*(1-2*p)))
		}
	}
	if log != curvatureLog {
		t.Errorf("log loss: %v, want %v", curvatureLog, log)
	}
	if math.Abs(quadratic-curvatureQuadratic) > 1e-10 {
		t.Errorf("quadratic cost: %v, want %v", curvatureQuadratic, quadratic)
	}
}

// known returns rows ±a and ±b along the axes, so that the eigenvalues of the
// mean of x·xᵀ are a²/2, b²/2 and, of the bias, 1.
func known[T kernel.Float](a, b T) Data[T] {
	return Data[T]{
		X: kernel.Batch[T]{Data: []T{a, 0, -a, 0, 0, b, 0, -b}, Rows: 4, Cols: 2},
		Y: []T{0, 1, 0, 1},
	}
}

func TestFindRate(t *testing.T) {
	t.Run("float32", testFindRate[float32])
	t.Run("float64", testFindRate[float64])
}

func testFindRate[T kernel.Float](t *testing.T) {
	weighted := known[T](4, 2)
	weighted.Weights = []T{1, 1, 3, 3} // 4²·2/8 = 4, 2²·6/8 = 3
	sorted := known[T](4, 2)
	sorted.Y = []T{0, 0, 1, 1}
	anti := Data[T]{X: kernel.Batch[T]{Data: []T{3, -3, -3, 3}, Rows: 2, Cols: 2}, Y: []T{0, 1}}
	for _, c := range []struct {
		name string
		d    Data[T]
		o    Options
		want float64 // c·Λ + L2
	}{
		{"log", known[T](4, 2), Options{Loss: kernel.LogLoss}, 8. / 4},
		{"quadratic", known[T](4, 2), Options{}, 8 * curvatureQuadratic},
		{"bias", known[T](0.5, 0.25), Options{Loss: kernel.LogLoss}, 1. / 4},
		{"L2", known[T](4, 2), Options{Loss: kernel.LogLoss, L2: 3}, 8./4 + 3},
		{"weights", weighted, Options{Loss: kernel.LogLoss}, 4. / 4},
		{"class weights", sorted, Options{Loss: kernel.LogLoss, ClassWeights: [2]float64{1, 3}}, 4. / 4},
		{"opposite columns", anti, Options{Loss: kernel.LogLoss}, 18. / 4},
		{"standardised", anti, Options{Loss: kernel.LogLoss, Standardize: true}, 2. / 4},
		{"large", known[T](4e15, 2e15), Options{Loss: kernel.LogLoss}, 8e30 / 4},
		// R = (2·17² + 2·5²)/(2·17 + 2·5)
		{"a row", known[T](4, 2), Options{Loss: kernel.LogLoss, BatchSize: 1}, (628. / 44) / 4},
		{"two rows", known[T](4, 2), Options{Loss: kernel.LogLoss, BatchSize: 2}, (8 + (628./44-8)/3) / 4},
		{"all rows", known[T](4, 2), Options{Loss: kernel.LogLoss, BatchSize: 4}, 8. / 4},
	} {
		c.o.Epochs = 1
		rate, err := FindRate(ctx, c.d, c.o)
		if got := 1 / rate; err != nil || math.Abs(got-c.want) > 2e-3*c.want {
			t.Errorf("%s: 1/rate is %v, want %v; error %v", c.name, got, c.want, err)
		}
	}
	_, err := FindRate(ctx, known(huge[T](), 1), Options{Epochs: 1})
	if err == nil || !strings.Contains(err.Error(), "too large for any rate") {
		t.Errorf("features near the end of the numbers: error %v", err)
	}
	_, err = FindRate(ctx, known[T](4, 2), Options{Epochs: 1, L2: math.MaxFloat64})
	if size := unsafe.Sizeof(T(0)); size == 4 && (err == nil || !strings.Contains(err.Error(), "too strong for any rate")) || size == 8 && err != nil {
		t.Errorf("L2 near the end of the numbers: error %v", err)
	}
}

func huge[T kernel.Float]() T {
	var big any = T(0)
	if _, ok := big.(float32); ok {
		return math.MaxFloat32
	}
	large := math.MaxFloat64
	return T(large)
}

// Fit with AutoRate is Fit with the rate of FindRate, which is the same bits in
// all circumstances.
func TestAutoRate(t *testing.T) {
	for _, o := range []Options{
		{Loss: kernel.LogLoss, Epochs: 2, Standardize: true, Shuffle: NoShuffle, BatchSize: 100},
		{Epochs: 2, Balanced: true, L2: 0.01},
	} {
		d := random[float32](300, 40, 1)
		var want float64
		check := func(name string) {
			rate, err := FindRate(ctx, d, o)
			streamed, err2 := FindRate(ctx, Source[float32](opaque{d}), o)
			if want == 0 {
				want = rate
			}
			if err != nil || err2 != nil || !(rate > 0) || rate != want || streamed != want {
				t.Errorf("%s: rate %v, from a stream %v, want %v; errors %v, %v", name, rate, streamed, want, err, err2)
			}
		}
		for _, im := range impl.All() {
			if im.Available {
				restore := impl.Select(im.Name)
				check(im.Name)
				restore()
			}
		}
		o.Workers = 3
		check("3 workers")
		auto := fit(t, d, o)
		o.Rate = want
		if explicit := fit(t, d, o); auto.Rate != want || hash(explicit) != hash(auto) {
			t.Errorf("AutoRate took %v and gave %s, %v gives %s", auto.Rate, hash(auto), want, hash(explicit))
		}
		o.Rate, want = 0, 0
		d = random[float32](9000, 400, 1) // more than a sample takes
		check("large")
	}
}

// The rate is part of what must have the same bits everywhere, and in every
// version of the program: a checkpoint of a training with AutoRate relies on it.
func TestFindRateGolden(t *testing.T) {
	d := random[float32](300, 40, 1)
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Epochs: 1, Standardize: true}, "0x1.a46e200942061p+02"},
		{Options{Epochs: 1, Loss: kernel.LogLoss, BatchSize: 32, L2: 0.01, Balanced: true}, "0x1.a71006cb3c7cap-01"},
	} {
		if rate, err := FindRate(ctx, d, c.o); fmt.Sprintf("%x", rate) != c.want || err != nil {
			t.Errorf("%+v: rate %x, want %s; error %v", c.o, rate, c.want, err)
		}
	}
}

// opaque hides that rows are in memory.
type opaque struct{ d Data[float32] }

func (o opaque) Shape() (rows, cols int) { return o.d.Shape() }
func (o opaque) Read(ctx context.Context, i, j int, room Data[float32]) (Data[float32], error) {
	return o.d.Read(ctx, i, j, room)
}

// With the rate of FindRate, the cost of a full batch falls in every epoch.
func TestRateDescends(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
		for range 20 {
			d := random[float64](50+r.IntN(100), 1+r.IntN(8), 3)
			for j := range d.X.Cols {
				scale := math.Ldexp(1, r.IntN(14)-7)
				for i := range d.X.Rows {
					d.X.Row(i)[j] *= scale
				}
			}
			last := math.Inf(1)
			fit(t, d, Options{Loss: loss, Epochs: 60, L2: float64(r.IntN(2)), OnEpoch: func(e Epoch) {
				if e.Cost > last*(1+1e-12) {
					t.Errorf("%v: cost rises from %v to %v in epoch %d", loss, last, e.Cost, e.Number)
				}
				last = e.Cost
			}})
		}
	}
}

func TestAutoBatch(t *testing.T) {
	for _, c := range []struct {
		rows     int
		shuffle  Shuffle
		streamed bool
		want     int
	}{
		{4096, ShuffleRows, false, 0},
		{4097, ShuffleRows, false, 512},
		{4097, NoShuffle, false, 512},
		{4097, NoShuffle, true, 512},
		{4097, ShuffleRows, true, 0},
	} {
		src := Source[float32](random[float32](c.rows, 1, 1))
		if c.streamed {
			src = opaque{src.(Data[float32])}
		}
		r, err := Fit(ctx, src, Options{Epochs: 1, BatchSize: AutoBatch, Shuffle: c.shuffle})
		if err != nil || r.BatchSize != c.want {
			t.Errorf("%s: %+v, error %v", fmt.Sprint(c), r, err)
		}
	}
}
