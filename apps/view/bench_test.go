package view_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// What the page may cost at 243 actors, 243 links and five updates a second.
const (
	mostTask   = 250.0 // milliseconds of the main thread for each second
	mostViewer = 0.01  // of a core of the node, for one viewer

	leastUpdates = 4.5 // a second
)

// Each thing is measured for so many seconds, so many times: the one in the middle
// counts, and the least and the most are told.
const (
	benchSeconds = 5
	benchRounds  = 3
)

// TestServeBig is no test: it is the process that BenchmarkView measures, and
// serves a big hospital until its standard input is closed.
func TestServeBig(t *testing.T) {
	if os.Getenv("WARDFLOW_SERVE_BIG") == "" {
		t.Skip("WARDFLOW_SERVE_BIG is not set: BenchmarkView starts this as a process of its own")
	}
	h := pkitest.New(t)
	s := serveEvery(t, h, controltest.NewBig(nil), 200*time.Millisecond)
	fmt.Println("at https://" + s.Addr().String() + " " + s.Login("").Link)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "cpu":
			fmt.Println("cpu", int64(ownCPU()))
		case "login":
			fmt.Println("login", s.Login("").Link)
		}
	}
}

// ownCPU is the processor time that this process has used.
func ownCPU() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err) // it has no other arguments that could be wrong
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// A bigServer is the process of TestServeBig.
type bigServer struct {
	in        io.Writer
	out       *bufio.Scanner
	url, link string
}

func startBig(b *testing.B) *bigServer {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run", "^TestServeBig$", "-test.v", "-test.timeout", "30m")
	cmd.Env = append(os.Environ(), "WARDFLOW_SERVE_BIG=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // it was told to end
	})
	s := &bigServer{in: in, out: bufio.NewScanner(out)}
	s.url, s.link, _ = strings.Cut(s.answer(b, "at"), " ")
	return s
}

func (s *bigServer) answer(b *testing.B, word string) string {
	b.Helper()
	for s.out.Scan() {
		if rest, ok := strings.CutPrefix(s.out.Text(), word+" "); ok {
			return rest
		}
	}
	b.Fatalf("the server ended before it said %q", word)
	return ""
}

func (s *bigServer) ask(b *testing.B, word string) string {
	b.Helper()
	if _, err := fmt.Fprintln(s.in, word); err != nil {
		b.Fatal(err)
	}
	return s.answer(b, word)
}

// cores is how much of a core the server uses, measured for so long.
func (s *bigServer) cores(b *testing.B, long time.Duration) float64 {
	b.Helper()
	read := func() time.Duration {
		n, err := strconv.ParseInt(s.ask(b, "cpu"), 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		return time.Duration(n)
	}
	from, at := read(), time.Now()
	<-time.After(long)
	return float64(read()-from) / float64(time.Since(at))
}

// rounds is what cores says in each of the rounds, the least first.
func (s *bigServer) rounds(b *testing.B) []float64 {
	b.Helper()
	var all []float64
	for range benchRounds {
		all = append(all, s.cores(b, benchSeconds*time.Second))
	}
	slices.Sort(all)
	return all
}

type measured struct {
	Seen  float64 `json:"seen"`  // milliseconds to the first snapshot shown
	Drawn float64 `json:"drawn"` // to the graph drawn
	Loads []struct {
		Name  string  `json:"name"`
		Bytes float64 `json:"bytes"`
	} `json:"loads"`
	Runs []struct {
		Name    string  `json:"name"`
		Cards   int     `json:"cards"`
		Links   int     `json:"links"`
		Updates float64 `json:"updates"`
		Task    float64 `json:"task"`
		Script  float64 `json:"script"`
		Style   float64 `json:"style"`
		Layout  float64 `json:"layout"`
		Heap    float64 `json:"heap"`
		// Of all rounds, the least first: what Task is the middle of.
		Tasks []float64 `json:"tasks"`
	} `json:"runs"`
}

// BenchmarkView measures what the live view costs a browser and a node, in some
// rounds one after another; -count repeats all of it:
//
//	go test -run '^$' -bench '^BenchmarkView$' -benchtime 1x ./apps/view
//
// The node is a process of its own with the real server, at which Chromium looks
// over TLS. What a snapshot costs a real node to gather is not in it.
func BenchmarkView(b *testing.B) {
	needBrowser(b)
	s := startBig(b)
	idle := s.rounds(b)

	arg, err := json.Marshal(map[string]any{"url": s.url, "link": s.link, "seconds": benchSeconds, "rounds": benchRounds})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), "node", "bench/page.mjs", string(arg))
	cmd.Stderr = os.Stderr
	hold, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var m measured
	if err := json.NewDecoder(out).Decode(&m); err != nil {
		b.Fatalf("bench/page.mjs said nothing that can be read: %v", err)
	}
	one := s.rounds(b)
	_ = hold.Close()
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	report(b, m, one, idle)
}

func report(b *testing.B, m measured, one, none []float64) {
	b.Helper()
	idle := none[benchRounds/2]
	viewer := one[benchRounds/2] - idle
	var first, letters, later float64
	static := map[string]bool{}
	for _, name := range firstFiles(b) {
		static["/"+name] = true
	}
	for _, l := range m.Loads {
		switch {
		case strings.Contains(l.Name, "/elk-"): // its worker's are not seen by the page
		case strings.HasPrefix(l.Name, "/api/"):
		case strings.HasSuffix(l.Name, ".woff2"):
			letters += l.Bytes
		case static[l.Name] || l.Name == "/":
			first += l.Bytes
		default:
			later += l.Bytes
		}
	}
	elk := 0.0
	for name, data := range read(b, pageFiles()) {
		if strings.Contains(name, "/elk-") {
			elk += float64(packed(b, data))
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nmain thread, ms/s\tcards\tlines\tupdates/s\ttask\tleast to most\tscript\tstyle\tlayout\theap MB\n")
	for _, r := range m.Runs {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%.0f\t%.0f to %.0f\t%.0f\t%.0f\t%.0f\t%.0f\n", r.Name, r.Cards, r.Links, r.Updates, r.Task, r.Tasks[0], r.Tasks[benchRounds-1], r.Script, r.Style, r.Layout, r.Heap/1e6)
		if r.Updates < leastUpdates {
			b.Errorf("%s: only %.1f updates a second were shown, want five: what it costs says nothing", r.Name, r.Updates)
		}
		if r.Task > mostTask {
			b.Errorf("%s: %.0f ms/s of the main thread, want at most %.0f", r.Name, r.Task, mostTask)
		}
	}
	fmt.Fprintf(w, "\nover the network, kB\tfirst load\tof it letters\tthen, unasked\tELK, then\n\t%.1f\t%.1f\t%.1f\t%.1f\n", (first+letters)/1e3, letters/1e3, later/1e3, elk/1e3)
	fmt.Fprintf(w, "\nms until\tfirst snapshot\tgraph\n\t%.0f\t%.0f\n", m.Seen, m.Drawn)
	fmt.Fprintf(w, "\nthe node, %% of a core\twithout a viewer\tone viewer more\tleast to most\n\t%.2f\t%.2f\t%.2f to %.2f\n\n", 100*idle, 100*viewer, 100*(one[0]-idle), 100*(one[benchRounds-1]-idle))
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if viewer > mostViewer {
		b.Errorf("a viewer costs the node %.2f %% of a core, want at most %.0f", 100*viewer, 100*mostViewer)
	}
	text, err := json.Marshal(map[string]any{"runs": m.Runs, "firstLoad": first + letters, "later": later, "elk": elk, "viewer": viewer, "idle": idle, "seen": m.Seen, "drawn": m.Drawn})
	if err != nil {
		b.Fatal(err)
	}
	fmt.Println(string(text))
	b.ReportMetric(m.Runs[1].Task, "task-ms/s")
	b.ReportMetric(100*viewer, "%core/viewer")
	b.ReportMetric((first+letters)/1e3, "kB-first")
}

func firstFiles(tb testing.TB) []string {
	tb.Helper()
	return first(read(tb, pageFiles()))
}

var _ control.Backend = (*controltest.Big)(nil)
