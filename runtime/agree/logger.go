package agree

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// A logger hands raft's lines to slog. What an operator needs to know of
// elections and lost voters this package says itself (voter.go), once for each
// change. Raft's own lines about them, which repeat as long as a voter is away
// and come with every ordinary start, go to debug, whatever raft calls them;
// its complaints about disk and log keep their level.
type logger struct {
	to   *slog.Logger
	args []any
}

func newLogger(to *slog.Logger) hclog.Logger { return &logger{to: to} }

// ordinary are the beginnings of lines that belong to life with other voters.
var ordinary = []string{
	"heartbeat timeout reached", "no known peers", "not part of stable configuration", "Election timeout reached",
	"new leader elected", "failed to contact", "rejecting vote request", "rejecting pre-vote request",
	"duplicate requestVote", "failed to make requestVote RPC", "target does not support pre-vote",
	"failed to start pipeline replication", "failed to appendEntries to", "failed to heartbeat to",
	"failed to pipeline appendEntries", "failed to install snapshot", "failed to send snapshot to",
	"appendEntries rejected", "installSnapshot rejected", "peer has newer term", "previous log term mis-match",
	"failed to get previous log", "clearing log suffix", "skipping application of old log",
	"failed to accept connection", "failed to decode incoming command", "failed to flush response",
	"found temporary snapshot", "failed to receive whole snapshot", "failed to copy snapshot",
	"unable to get address for server", "failed to get last index",
}

func (l *logger) emit(level slog.Level, msg string, args []any) {
	if level == slog.LevelInfo {
		level = slog.LevelDebug
	}
	for _, o := range ordinary {
		if strings.HasPrefix(msg, o) {
			level = slog.LevelDebug
			break
		}
	}
	if msg == "failed to get log" && slices.Contains(args, any(raft.ErrLogNotFound)) {
		level = slog.LevelDebug // a voter lags further behind than the log reaches: it gets a snapshot
	}
	if slices.Contains(args, any(raft.ErrRaftShutdown)) {
		level = slog.LevelDebug // what was under way when this node closed
	}
	if !l.to.Enabled(context.Background(), level) {
		return
	}
	all := slices.Concat(l.args, args)
	for i, a := range all {
		if f, ok := a.(hclog.Format); ok {
			all[i] = fmt.Sprintf(f[0].(string), f[1:]...)
		}
	}
	l.to.Log(context.Background(), level, "raft: "+msg, all...)
}

func (l *logger) Log(level hclog.Level, msg string, args ...any) {
	switch level {
	case hclog.Error:
		l.emit(slog.LevelError, msg, args)
	case hclog.Warn:
		l.emit(slog.LevelWarn, msg, args)
	default:
		l.emit(slog.LevelDebug, msg, args)
	}
}

func (l *logger) Trace(msg string, args ...any) { l.emit(slog.LevelDebug, msg, args) }
func (l *logger) Debug(msg string, args ...any) { l.emit(slog.LevelDebug, msg, args) }
func (l *logger) Info(msg string, args ...any)  { l.emit(slog.LevelInfo, msg, args) }
func (l *logger) Warn(msg string, args ...any)  { l.emit(slog.LevelWarn, msg, args) }
func (l *logger) Error(msg string, args ...any) { l.emit(slog.LevelError, msg, args) }

func (l *logger) enabled(level slog.Level) bool { return l.to.Enabled(context.Background(), level) }

func (l *logger) IsTrace() bool { return false }
func (l *logger) IsDebug() bool { return l.enabled(slog.LevelDebug) }
func (l *logger) IsInfo() bool  { return l.enabled(slog.LevelDebug) }
func (l *logger) IsWarn() bool  { return l.enabled(slog.LevelWarn) }
func (l *logger) IsError() bool { return l.enabled(slog.LevelError) }

func (l *logger) ImpliedArgs() []any { return l.args }
func (l *logger) With(args ...any) hclog.Logger {
	return &logger{l.to, slices.Concat(l.args, args)}
}
func (l *logger) Name() string                   { return "" }
func (l *logger) Named(string) hclog.Logger      { return l }
func (l *logger) ResetNamed(string) hclog.Logger { return l }
func (l *logger) SetLevel(hclog.Level)           {}
func (l *logger) GetLevel() hclog.Level          { return hclog.Debug }
func (l *logger) StandardLogger(*hclog.StandardLoggerOptions) *log.Logger {
	return log.New(l.StandardWriter(nil), "", 0)
}
func (l *logger) StandardWriter(*hclog.StandardLoggerOptions) io.Writer { return lines{l} }

type lines struct{ l *logger }

func (w lines) Write(b []byte) (int, error) {
	w.l.emit(slog.LevelDebug, strings.TrimSpace(string(b)), nil)
	return len(b), nil
}
