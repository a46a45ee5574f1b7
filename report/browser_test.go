package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	browserFlag = flag.String("browser", "", "look at pages in this `program`, a Chromium")
	pageFlag    = flag.String("page", "", "look at this `file`, too")
	screensFlag = flag.String("screens", "", "keep screenshots in this `folder`")
)

// A browser is a Chromium that is told what to do through a pipe.
type browser struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	last    int
	session string
	events  []message
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

func startBrowser(t *testing.T, program string) *browser {
	t.Helper()
	commands, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir())
	cmd.ExtraFiles = []*os.File{commands, answers}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	commands.Close()
	answers.Close()
	b := &browser{t: t, to: to, from: bufio.NewReader(from)}
	t.Cleanup(func() {
		b.session = ""
		b.do("Browser.close", nil, nil)
		cmd.Wait()
	})
	timer := time.AfterFunc(3*time.Minute, func() { cmd.Process.Kill() })
	t.Cleanup(func() { timer.Stop() })

	var target struct {
		TargetID  string
		SessionID string
	}
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network", "Accessibility"} {
		b.do(domain+".enable", nil, nil)
	}
	return b
}

// receive returns the next message of the browser.
func (b *browser) receive() message {
	b.t.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("the browser does not answer: %v", err)
	}
	var m message
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
		b.t.Fatal(err)
	}
	return m
}

// do gives a command and waits for its result. Events are kept.
func (b *browser) do(method string, params, result any) {
	b.t.Helper()
	b.last++
	raw, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	if params == nil {
		raw = []byte("{}")
	}
	text, err := json.Marshal(message{ID: b.last, Method: method, Params: raw, SessionID: b.session})
	if err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	for {
		m := b.receive()
		if m.ID != b.last {
			b.events = append(b.events, m)
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// open shows a file and waits until it is loaded.
func (b *browser) open(path string) {
	b.t.Helper()
	b.events = nil
	b.do("Page.navigate", map[string]any{"url": "file://" + filepath.ToSlash(path)}, nil)
	for {
		if slices.ContainsFunc(b.events, func(m message) bool { return m.Method == "Page.loadEventFired" }) {
			return
		}
		b.events = append(b.events, b.receive())
	}
}

// evaluate computes an expression in the page.
func (b *browser) evaluate(expression string, result any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.do("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s", r.ExceptionDetails)
	}
	if err := json.Unmarshal(r.Result.Value, result); err != nil {
		b.t.Fatal(err)
	}
}

// faults is a program that lists what looks bad in a page.
const faults = `(() => {
	const bad = [];
	const root = document.documentElement;
	if (root.scrollWidth > innerWidth) bad.push("the page is " + root.scrollWidth + " wide, the window " + innerWidth);
	const light = c => {
		const [r, g, b] = c.match(/[\d.]+/g).map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => { a = light(a); b = light(b); return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
	const behind = e => {
		for (; e; e = e.parentElement) {
			const c = getComputedStyle(e).backgroundColor;
			if (!/, 0\)$|transparent/.test(c)) return c;
		}
		return "rgb(255, 255, 255)";
	};
	const seen = new Set();
	for (const e of document.querySelectorAll("body *")) {
		if (e.closest("svg") && e.tagName !== "text" || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
		if (e.closest("title") || e.closest("details:not([open])") && e.tagName !== "SUMMARY") continue;
		const style = getComputedStyle(e), color = e.tagName === "text" ? style.fill : style.color;
		const c = contrast(color, behind(e)), what = e.tagName + " " + color + " on " + behind(e);
		if (c < 4.5 && !seen.has(what)) { seen.add(what); bad.push("contrast " + c.toFixed(2) + ": " + what); }
		if (parseFloat(style.fontSize) * (e.tagName === "text" ? Math.hypot(e.getScreenCTM().a, e.getScreenCTM().b) : 1) < 9) bad.push("small: " + e.textContent);
	}
	for (const svg of document.querySelectorAll("svg")) {
		const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll("text")].map(t => [t, t.getBoundingClientRect()]);
		if (frame.width < 200 || frame.width > 900) bad.push("a picture " + frame.width + " wide");
		for (const [t, r] of texts) {
			if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1)
				bad.push("clipped: " + t.textContent);
			for (const [u, s] of texts)
				if (t !== u && Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1 && Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 2)
					bad.push("overlap: " + t.textContent + " and " + u.textContent);
		}
	}
	for (const t of document.querySelectorAll("table")) if (!t.querySelector("th[scope]")) bad.push("a table without headings");
	return bad.slice(0, 10);
})()`

// TestBrowser looks at pages in a real browser: on a wide light screen, a dark
// phone, and paper.
func TestBrowser(t *testing.T) {
	if *browserFlag == "" {
		t.Skip("-browser names no browser")
	}
	dir := cmp.Or(*screensFlag, t.TempDir())
	pages := map[string]*Page{"usual": example(100, 30), "many": example(20000, 784), "few": example(2, 1), "diverged": example(40, 5), "names": example(1000, 40)}
	for i := range pages["diverged"].Curve.Train {
		pages["diverged"].Curve.Train[i].Cost = math.Pow(1e9, float64(i))
	}
	p := pages["names"]
	p.Classes = [2]string{strings.Repeat("very_long_name_", 8), "<script>alert(1)</script>"}
	p.Title, p.Command = strings.Repeat("long", 50), strings.Repeat("-flag=value", 40)
	for i := range p.Weights {
		p.Weights[i].Name = strings.Repeat("of_the_feature_", 1+i%12)
	}
	files := map[string]string{}
	for name, p := range pages {
		var b bytes.Buffer
		if err := p.WriteHTML(&b); err != nil {
			t.Fatal(err)
		}
		files[name] = filepath.Join(t.TempDir(), name+".html")
		if err := os.WriteFile(files[name], b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if *pageFlag != "" {
		path, err := filepath.Abs(*pageFlag)
		if err != nil {
			t.Fatal(err)
		}
		files["given"] = path
	}

	b := startBrowser(t, *browserFlag)
	for name, file := range files {
		for k, screen := range []struct {
			scheme, media string
			width         int
			low, high     float64 // brightness
		}{{"light", "screen", 1100, 0.8, 1}, {"dark", "screen", 390, 0, 0.25}, {"dark", "screen", 1100, 0, 0.25}, {"dark", "print", 700, 0.8, 1}} {
			if k >= 2 && name != "given" && name != "names" {
				continue
			}
			title := fmt.Sprintf("%s-%s-%s-%d", name, screen.scheme, screen.media, screen.width)
			b.do("Emulation.setEmulatedMedia", map[string]any{"media": screen.media, "features": []any{map[string]string{"name": "prefers-color-scheme", "value": screen.scheme}}}, nil)
			b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": screen.width, "height": 800, "deviceScaleFactor": 1, "mobile": screen.width < 500}, nil)
			b.open(file)
			var bad []string
			if b.evaluate(faults, &bad); len(bad) > 0 {
				t.Errorf("%s: %s", title, strings.Join(bad, "\n\t"))
			}
			var picture struct{ Data string }
			b.do("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &picture)
			raw, err := base64.StdEncoding.DecodeString(picture.Data)
			if err != nil {
				t.Fatal(err)
			}
			if x := brightness(t, raw); x < screen.low || x > screen.high {
				t.Errorf("%s: brightness %.2f", title, x)
			}
			if err := os.WriteFile(filepath.Join(dir, title+".png"), raw, 0o666); err != nil {
				t.Fatal(err)
			}
			for _, e := range b.events {
				switch e.Method {
				case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded":
					t.Errorf("%s: %s %s", title, e.Method, e.Params)
				case "Network.requestWillBeSent":
					var r struct{ Request struct{ URL string } }
					if json.Unmarshal(e.Params, &r); !strings.HasSuffix(r.Request.URL, filepath.Base(file)) {
						t.Errorf("%s fetches %s", title, r.Request.URL)
					}
				}
			}
		}
		b.listen(name)
	}
}

// listen checks what the page says to a reader who listens.
func (b *browser) listen(name string) {
	b.t.Helper()
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.do("Accessibility.getFullAXTree", nil, &tree)
	roles := map[string]int{}
	text := ""
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		role, label := fmt.Sprint(n.Role.Value), fmt.Sprint(n.Name.Value)
		roles[role]++
		if role == "image" || role == "heading" {
			text += label + "\n"
		}
	}
	for _, want := range []string{"Cost. Learning curve: ", "Learning curve\n", "ROC curve. Area under the curve ", "Precision and recall. Average precision ", "Calibration. ", "Confusion matrix\n", "Largest weights\n", "Environment\n", "Command\n"} {
		if !strings.Contains(text, want) {
			b.t.Errorf("%s: who listens does not hear %q, but\n%s", name, want, text)
		}
	}
	if roles["image"] != 5 || roles["rowheader"] < 10 || roles["columnheader"] < 4 || roles["main"] != 1 {
		b.t.Errorf("%s: %v", name, roles)
	}
}

// brightness returns the mean of a picture's pixels, from 0 to 1.
func brightness(t *testing.T, raw []byte) float64 {
	t.Helper()
	im, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var sum, n float64
	for y := im.Bounds().Min.Y; y < im.Bounds().Max.Y; y += 3 {
		for x := im.Bounds().Min.X; x < im.Bounds().Max.X; x += 3 {
			r, g, b, _ := im.At(x, y).RGBA()
			sum, n = sum+float64(r+g+b)/3/0xffff, n+1
		}
	}
	return sum / n
}
