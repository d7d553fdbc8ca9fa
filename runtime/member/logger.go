package member

import (
	"context"
	"log"
	"log/slog"
	"strings"
)

// memberlist's lines go to debug. What an operator should know, who came, who
// went and who was refused, this package says itself, once for each change;
// memberlist calls "warning" what belongs to any start and any restart. Lines
// that speak of an overflow keep their level.
var serious = []string{
	"handler queue full", "Too many pending push/pull", "Remote node state size", "Node meta data", "truncated messages",
}

func newLogger(to *slog.Logger) *log.Logger { return log.New(lines{to}, "", 0) }

type lines struct{ to *slog.Logger }

func (w lines) Write(b []byte) (int, error) {
	line := strings.TrimSpace(string(b))
	if _, after, ok := strings.Cut(line, "] "); ok {
		line = after
	}
	line = strings.TrimPrefix(line, "memberlist: ")
	level := slog.LevelDebug
	for _, s := range serious {
		if strings.Contains(line, s) {
			level = slog.LevelWarn
		}
	}
	w.to.Log(context.Background(), level, "memberlist: "+line)
	return len(b), nil
}
