package attack

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// logs has the keeper of a node's log of checks write it anew, with its own code,
// in every way there is; the chain finds the first check that is not as it was.
func (c *conspirators) logs() {
	dir := filepath.Join(c.h.Configs[housetest.Ward].Dir, "checks")
	key, err := chain.LoadKey(filepath.Join(dir, "log.key"), "")
	must(c.t, err)
	entries := c.entries(filepath.Join(dir, "log"))
	n := len(entries) / 2
	for _, tt := range []struct {
		name string
		do   func(list [][]byte) [][]byte
		want string // in what is found
	}{
		{"as it is", func(list [][]byte) [][]byte { return list }, ""},
		{"a verdict is turned", func(list [][]byte) [][]byte { list[n] = c.turned(list[n]); return list }, "as it was anchored"},
		{"a check is taken out", func(list [][]byte) [][]byte { return slices.Delete(list, n, n+1) }, "as it was anchored"},
		{"a check is slipped in", func(list [][]byte) [][]byte { return slices.Insert(list, n, c.turned(list[n])) }, "as it was anchored"},
		{"two are exchanged", func(list [][]byte) [][]byte { list[n], list[n+1] = list[n+1], list[n]; return list }, "as it was anchored"},
		{"the end is cut off", func(list [][]byte) [][]byte { return list[:n] }, "are missing"},
		{"all are taken", func([][]byte) [][]byte { return nil }, "are missing"},
	} {
		c.t.Run("log "+tt.name, func(t *testing.T) {
			again := t.TempDir()
			l, err := tlog.Open(tlog.Config{Dir: again})
			must(t, err)
			for _, e := range tt.do(slices.Clone(entries)) {
				_, err := l.Append(e)
				must(t, err)
			}
			_, err = l.Sync()
			must(t, err)
			must(t, l.Close())
			c.found(t, again, key.Address(), tt.want)
		})
	}
	c.t.Run("log a bit falls over", func(t *testing.T) {
		copied := t.TempDir()
		must(t, os.CopyFS(copied, os.DirFS(filepath.Join(dir, "log"))))
		file := filepath.Join(copied, "entries-00000000")
		b, err := os.ReadFile(file)
		must(t, err)
		b[bytes.Index(b, entries[n])] ^= 1
		must(t, os.WriteFile(file, b, 0o600))
		c.found(t, copied, key.Address(), "damaged")
	})
}

// entries are the checks of a log.
func (c *conspirators) entries(dir string) (all [][]byte) {
	c.t.Helper()
	l, err := tlog.OpenReadOnly(dir)
	must(c.t, err)
	defer l.Close()
	for b, err := range l.Entries(0, l.Size()) {
		must(c.t, err)
		all = append(all, bytes.Clone(b))
	}
	return all
}

// turned is a check that says the contrary.
func (c *conspirators) turned(b []byte) []byte {
	c.t.Helper()
	check, err := proof.OpenCheck(b)
	must(c.t, err)
	if check.Verdict.OK() {
		check.Verdict.Reason, check.Verdict.Clause = flow.TooLow, "1 is below 2"
	} else {
		check.Verdict.Reason, check.Verdict.Clause = flow.Accepted, ""
	}
	out, err := check.Encode()
	must(c.t, err)
	return out
}

// found holds a log against the chain.
func (c *conspirators) found(t *testing.T, dir string, account chain.Address, want string) {
	t.Helper()
	c.chain(func(contract anchor.Contract) {
		r, err := anchor.Verify(t.Context(), dir, contract, account)
		must(t, err)
		switch {
		case want == "" && !r.OK() || want != "" && r.OK():
			t.Errorf("%s", r)
		case want != "" && !strings.Contains(r.Bad.String(), want):
			t.Errorf("found %q, want %q in it", r.Bad, want)
		case want != "":
			t.Logf("found: %s", r.Bad)
		}
	})
}
