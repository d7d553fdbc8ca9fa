package main

import (
	"bufio"
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// roomToBreathe lets garbage come to four times what is in use, and to 16 MiB
// however little that is, before it is collected: a node carries much that lives
// briefly, and would spend a fifth of its time collecting. Beyond half of the
// memory that this process may have it is collected as it must be. GOGC and
// GOMEMLIMIT in the environment say otherwise.
func roomToBreathe() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if most := memory(); most > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(most / 2)
	}
}

// memory is how many bytes this process may have, of the machine or of its
// control group; 0: nobody says.
func memory() int64 {
	var all int64
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		all = memTotal(b)
	}
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && (all == 0 || n < all) { // else it says "max"
			all = n
		}
	}
	return all
}

// memTotal reads the machine's memory from /proc/meminfo.
func memTotal(b []byte) int64 {
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n << 10
		}
	}
	return 0
}
