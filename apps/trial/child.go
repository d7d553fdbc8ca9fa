package trial

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A child is another process of a trial. The two speak in lines of JSON: each
// question has one answer. It ends when its standard input does, so none
// outlives its trial.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// spawn starts exe with args; what it says besides goes to our standard error.
func spawn(exe string, args ...string) (*child, error) { return spawnTo(os.Stderr, exe, args...) }

// spawnTo is spawn for what it says besides to go elsewhere.
func spawnTo(log *os.File, exe string, args ...string) (*child, error) {
	cmd := exec.Command(exe, args...)
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the trial, which ends it
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", exe, err)
	}
	return &child{cmd: cmd, in: in, out: json.NewDecoder(out)}, nil
}

// ask asks one question. When ctx ends first, the child is killed.
func (c *child) ask(ctx context.Context, question, answer any) error {
	defer context.AfterFunc(ctx, func() { c.cmd.Process.Kill() })()
	b, err := json.Marshal(question)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("ask the other process: %w", errors.Join(err, context.Cause(ctx)))
	}
	var reply struct {
		Err string
		Is  json.RawMessage
	}
	if err := c.out.Decode(&reply); err != nil {
		return fmt.Errorf("the other process did not answer: %w", errors.Join(err, context.Cause(ctx)))
	}
	if reply.Err != "" {
		return fmt.Errorf("the other process: %s", reply.Err)
	}
	return json.Unmarshal(reply.Is, answer)
}

// end lets the child end, and kills it when it does not.
func (c *child) end() error {
	c.in.Close()
	slow := time.AfterFunc(endWithin, func() { c.cmd.Process.Kill() })
	defer slow.Stop()
	return c.cmd.Wait()
}

const endWithin = 30 * time.Second // nodes that end all at once wait some seconds for a majority

// serve answers questions, one line each, until in ends.
func serve[Q any](in io.Reader, out io.Writer, answer func(Q) (any, error)) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	enc := json.NewEncoder(out)
	for lines.Scan() {
		var q Q
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return err
		}
		var reply struct {
			Err string `json:",omitempty"`
			Is  any
		}
		is, err := answer(q)
		if reply.Is = is; err != nil {
			reply.Err = err.Error()
		}
		if err := enc.Encode(reply); err != nil {
			return err
		}
	}
	return lines.Err()
}

// cpu is how long this process has computed.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
