package chain_test

import (
	"bufio"
	"bytes"
	"context"

	"flag"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// This file runs chains that others wrote, to hold them and us to the same
// suite.

var long = flag.Bool("long", false, "try also what takes minutes: geth, and two sealers of a classic private network")

// A peer is a program that the test has started. It is killed when the test ends.
type peer struct {
	cmd *exec.Cmd

	mu   sync.Mutex // guards said
	said bytes.Buffer
	line chan string // what it says, until a line that start waited for
}

// start runs a program until the test ends, and returns the first line of its
// output that has ready in it.
func start(t testing.TB, ready, program string, args ...string) string {
	t.Helper()
	p := &peer{cmd: exec.Command(program, args...), line: make(chan string, 1)}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var read sync.WaitGroup
	read.Go(func() { p.read(bufio.NewScanner(out), ready) })
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended by itself
		read.Wait()
		_ = p.cmd.Wait() // it was killed
	})
	select {
	case line, ok := <-p.line:
		if ok {
			return line
		}
	case <-time.After(time.Minute):
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t.Fatalf("%s did not say %q, but:\n%s", program, ready, p.said.String())
	return ""
}

func (p *peer) read(lines *bufio.Scanner, ready string) {
	defer close(p.line)
	found := false
	for lines.Scan() {
		p.mu.Lock()
		if p.said.Len() < 1<<16 {
			p.said.WriteString(lines.Text() + "\n")
		}
		p.mu.Unlock()
		if !found && strings.Contains(lines.Text(), ready) {
			found = true
			p.line <- lines.Text()
		}
	}
}

// await polls until ok, or fails the test.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: it did not come to it", what)
		}
	}
}

// dialPeer reads a chain that we did not write.
func dialPeer(t testing.TB, cfg chain.RemoteConfig) *chain.Remote {
	t.Helper()
	r, err := chain.Connect(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func portOf(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }
