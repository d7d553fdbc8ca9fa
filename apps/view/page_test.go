package view_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/view"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// A person opens the page, logs in, looks around, and finds everything by name
// and by keyboard. WARDFLOW_SHOTS names a folder for pictures of it.
func TestPage(t *testing.T) {
	needBrowser(t)
	ward := newWard()
	ward.Fill("ward:bed3:check.passed > ward:store.in", 241)
	ward.Fill("ward:bed3:collector.out > ward:bed3:check.in", 160)
	ward.Refuse("ward:bed2:hr.out > ward:bed2:collector.in", "certificate of another root: CN=Ministry of Health Root")
	s := serve(t, pkitest.New(t), ward)
	drive(t, "e2e/page.mjs", s, map[string]string{"link": s.Login("").Link})
}

// One of the staff sees a cluster in trouble, and does something about it.
func TestPageInTrouble(t *testing.T) {
	needBrowser(t)
	ward := newWard()
	s, dir := staffed(t, ward)
	mayMisbehave(s, ward)
	drive(t, "e2e/trouble.mjs", s, map[string]string{"cert": dir})
}

// mayMisbehave lets a script of e2e make the ward misbehave.
func mayMisbehave(s *control.Server, ward *controltest.Ward) {
	s.Mount("POST /misbehave", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !misbehave(ward, r.FormValue("how"), r.FormValue("what"), r.FormValue("why")) {
			http.Error(w, "no such misbehaviour", http.StatusBadRequest)
		}
	}), flow.RoleStaff)
}

func misbehave(w *controltest.Ward, how, what, why string) bool {
	n, _ := strconv.Atoi(what) // 0 where a number makes no sense
	switch how {
	case "lack":
		w.Lack(true)
	case "spill":
		w.Spill(n)
	case "scale":
		replicas, _ := strconv.Atoi(why)
		w.Replicate(flow.ActorID(what), replicas)
	case "move":
		err := w.Move(context.Background(), flow.Identity{URI: "spiffe://people.h1.health.example/staff/admin"}, flow.ActorID(what), flow.NodeID(why))
		return err == nil
	case "suspect":
		w.Suspect(flow.NodeID(what), true)
	case "down":
		w.Down(flow.NodeID(what), why)
	case "up":
		w.Down(flow.NodeID(what), "")
	default:
		return false
	}
	return true
}

func needBrowser(t testing.TB) {
	t.Helper()
	for _, need := range []string{"/usr/bin/chromium", "node_modules/playwright-core"} {
		if _, err := os.Stat(need); err != nil {
			t.Skipf("no %s: `make test` installs it", need)
		}
	}
}

func newWard() *controltest.Ward {
	return controltest.New(newWardClock())
}

// pageFiles are those of dist, or of the folder that WARDFLOW_PAGE names: to try
// a page that is being worked on.
func pageFiles() fs.FS {
	if dir := os.Getenv("WARDFLOW_PAGE"); dir != "" {
		return os.DirFS(dir)
	}
	return view.Files()
}

// staffed serves a ward, and gives the folder of its admin's certificate and key.
func staffed(t *testing.T, ward *controltest.Ward) (*control.Server, string) {
	t.Helper()
	h := pkitest.New(t)
	dir := t.TempDir()
	if err := pki.SaveSigner(dir, h.Staff("admin")); err != nil {
		t.Fatal(err)
	}
	return serve(t, h, ward), dir
}

func serve(t *testing.T, h *pkitest.Hospital, ward *controltest.Ward) *control.Server {
	t.Helper()
	return serveEvery(t, h, ward, 0)
}

// serveEvery serves with so much time between snapshots, 0 for the default.
func serveEvery(t *testing.T, h *pkitest.Hospital, ward control.Backend, every time.Duration) *control.Server {
	t.Helper()
	own := h.Node("ward")
	s, err := control.Serve(control.Config{
		Backend: ward,
		May:     controltest.May,
		Own:     func() flow.Signer { return own },
		Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
			return h.Verifier().Identify(chain, time.Now())
		},
		Page:  pageFiles(),
		Every: every,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// drive runs a script of e2e against the server.
func drive(t *testing.T, file string, s *control.Server, arg map[string]string) {
	t.Helper()
	arg["url"], arg["shots"] = "https://"+s.Addr().String(), os.Getenv("WARDFLOW_SHOTS")
	text, err := json.Marshal(arg)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", file, string(text)).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
