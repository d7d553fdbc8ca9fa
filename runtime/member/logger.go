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

// Lines that say that gossip could not be read are about who sent it.
var cipher = []string{
	"Decrypt packet failed", "No installed keys could decrypt", "encryption is configured but", "encryption is not configured",
}

func newLogger(to *slog.Logger, unread func(addr string)) *log.Logger {
	return log.New(lines{to, unread}, "", 0)
}

type lines struct {
	to     *slog.Logger
	unread func(addr string)
}

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
	for _, s := range cipher {
		if _, addr, ok := strings.Cut(line, "from="); ok && strings.Contains(line, s) {
			w.unread(addr)
			break
		}
	}
	w.to.Log(context.Background(), level, "memberlist: "+line)
	return len(b), nil
}
