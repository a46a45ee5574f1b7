package report

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// What scikit-learn computes; see testdata/reference.py.
type reference struct {
	Labels                        []bool
	Scores                        []float64
	FPR, TPR                      []float64
	Precision, Recall, Thresholds []float64
	ROCAUC                        float64   `json:"roc_auc"`
	AveragePrecision              float64   `json:"average_precision"`
	PRAUC                         float64   `json:"pr_auc"`
	CalibrationPositive           []float64 `json:"calibration_positive"`
	CalibrationScore              []float64 `json:"calibration_score"`
	Brier                         float64
}

func references(t *testing.T) map[string]reference {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	refs := map[string]reference{}
	for name, raw := range all {
		var r reference
		if json.Unmarshal(raw, &r) == nil && r.Labels != nil {
			refs[name] = r
		}
	}
	if len(refs) != 7 {
		t.Fatalf("%d references", len(refs))
	}
	return refs
}

func near(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-12 }

func allNear(a, b []float64) bool { return slices.EqualFunc(a, b, near) }

func TestAsScikitLearn(t *testing.T) {
	for name, r := range references(t) {
		t.Run(name, func(t *testing.T) {
			var x, y, thresholds []float64
			for _, p := range ROC(r.Labels, r.Scores) {
				x, y = append(x, p.X), append(y, p.Y)
			}
			if !allNear(x, r.FPR) || !allNear(y, r.TPR) {
				t.Errorf("ROC %v %v, want %v %v", x, y, r.FPR, r.TPR)
			}
			if a := Area(ROC(r.Labels, r.Scores)); !near(a, r.ROCAUC) {
				t.Errorf("area under ROC %v, want %v", a, r.ROCAUC)
			}

			x, y = nil, nil
			curve := PrecisionRecall(r.Labels, r.Scores)
			for _, p := range curve {
				x, y, thresholds = append(x, p.X), append(y, p.Y), append(thresholds, p.Threshold)
			}
			slices.Reverse(x)
			slices.Reverse(y)
			slices.Reverse(thresholds)
			if !allNear(x, r.Recall) || !allNear(y, r.Precision) || !allNear(thresholds[:len(thresholds)-1], r.Thresholds) {
				t.Errorf("precision and recall %v %v at %v,\nwant %v %v at %v", y, x, thresholds, r.Precision, r.Recall, r.Thresholds)
			}
			if a := AveragePrecision(curve); !near(a, r.AveragePrecision) {
				t.Errorf("average precision %v, want %v", a, r.AveragePrecision)
			}
			if a := Area(curve); !near(a, r.PRAUC) {
				t.Errorf("area under precision and recall %v, want %v", a, r.PRAUC)
			}

			var score, positive []float64
			rows := 0
			for _, b := range Calibration(r.Labels, r.Scores, 10) {
				score, positive, rows = append(score, b.Score), append(positive, b.Positive), rows+b.Rows
			}
			if !allNear(score, r.CalibrationScore) || !allNear(positive, r.CalibrationPositive) || rows != len(r.Labels) {
				t.Errorf("calibration %v %v, want %v %v", score, positive, r.CalibrationScore, r.CalibrationPositive)
			}
			if b := Brier(r.Labels, r.Scores); !near(b, r.Brier) {
				t.Errorf("Brier %v, want %v", b, r.Brier)
			}
		})
	}
}

// Measures have the same bits on every architecture.
func TestMeasuresBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	labels, scores := make([]bool, 997), make([]float64, 997)
	for i := range scores {
		scores[i] = r.Float64()
		labels[i] = r.Float64() < scores[i]
	}
	pr := PrecisionRecall(labels, scores)
	for name, c := range map[string][2]float64{
		"area under ROC":    {Area(ROC(labels, scores)), 0x1.b250134098f7ap-01},
		"average precision": {AveragePrecision(pr), 0x1.b42a1a6f6a408p-01},
		"area under PR":     {Area(pr), 0x1.b4118cf02301dp-01},
		"Brier":             {Brier(labels, scores), 0x1.4653ce4904cbep-03},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %x, want %x", name, c[0], c[1])
		}
	}
}

func TestConfuse(t *testing.T) {
	labels := []bool{true, true, true, false, false, false, false}
	scores := []float64{0.9, 0.5, 0.1, 0.5, 0.2, 0.3, 0.4}
	c := Confuse(labels, scores, 0.5)
	if c != (Confusion{TP: 2, FN: 1, FP: 1, TN: 3}) || c.Accuracy() != 5./7 || c.Precision() != 2./3 || c.Recall() != 2./3 || c.F1() != 2./3 {
		t.Errorf("%+v %v %v %v %v", c, c.Accuracy(), c.Precision(), c.Recall(), c.F1())
	}
	if c := (Confusion{}); c.Accuracy() != 0 || c.Precision() != 0 || c.Recall() != 0 || c.F1() != 0 {
		t.Errorf("of no rows: %v %v %v %v", c.Accuracy(), c.Precision(), c.Recall(), c.F1())
	}
}

func TestPanics(t *testing.T) {
	yes := []bool{true, false}
	for want, f := range map[string]func(){
		"report.ROC: len(labels) = 2, len(scores) = 1": func() { ROC(yes, []float64{1}) },
		"report.ROC: no rows":                          func() { ROC(nil, nil) },
		"report.PrecisionRecall: scores[1] is NaN":     func() { PrecisionRecall(yes, []float64{1, math.NaN()}) },
		"report.PrecisionRecall: labels: 2 positive and 0 negative rows; there must be some of both": func() { PrecisionRecall([]bool{true, true}, []float64{1, 0}) },
		"report.Calibration: scores[0] = 1.5 is not between 0 and 1":                                 func() { Calibration(yes, []float64{1.5, 0}, 10) },
		"report.Calibration: bins = 0":                                                               func() { Calibration(yes, []float64{1, 0}, 0) },
		"report.Confuse: len(labels) = 2, len(scores) = 0":                                           func() { Confuse(yes, nil, 0.5) },
		"report.Brier: len(labels) = 0, len(scores) = 1":                                             func() { Brier(nil, []float64{1}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
