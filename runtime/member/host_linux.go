package member

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// A Meter measures the computer that this process runs on, or the part of it that
// a container's limits leave. Its Measure is for [Config].
type Meter struct {
	root string // "" but in tests

	mu         sync.Mutex // guards what follows
	busy, all  float64    // ticks at the last look
	everLooked bool
}

// Measure looks at the host. How much of the processor is free is the mean since
// the look before, and everything at the first.
func (m *Meter) Measure() (Host, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := Host{CPU: m.speed()}
	var err error
	if h.Memory, h.MemoryOK, err = m.memory(); err != nil {
		return h, err
	}
	h.CPUIdle, err = m.idle()
	return h, err
}

// speed is cores × megahertz. Where nobody says, a core is taken for one of a
// gigahertz.
func (m *Meter) speed() int64 {
	mhz := 1000.0
	if khz, err := m.number("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"); err == nil {
		mhz = khz / 1000
	} else if b, err := m.read("/proc/cpuinfo"); err == nil {
		if _, after, ok := bytes.Cut(b, []byte("cpu MHz")); ok {
			line, _, _ := bytes.Cut(after, []byte("\n"))
			if f, err := strconv.ParseFloat(strings.Trim(string(line), "\t :"), 64); err == nil && f > 0 {
				mhz = f
			}
		}
	}
	cores := float64(runtime.NumCPU())
	if b, err := m.read("/sys/fs/cgroup/cpu.max"); err == nil {
		var quota, period float64
		if n, _ := fmt.Sscan(string(b), &quota, &period); n == 2 && period > 0 {
			cores = min(cores, quota/period)
		}
	}
	return int64(math.Round(cores * mhz))
}

func (m *Meter) memory() (total int64, free float64, err error) {
	b, err := m.read("/proc/meminfo")
	if err != nil {
		return 0, 0, err
	}
	all, avail := kilobytes(b, "MemTotal:"), kilobytes(b, "MemAvailable:")
	if all <= 0 {
		return 0, 0, errors.New("/proc/meminfo says no MemTotal")
	}
	limit, err := m.number("/sys/fs/cgroup/memory.max")
	if err != nil || limit >= all {
		return int64(all), avail / all, nil
	}
	used, err := m.number("/sys/fs/cgroup/memory.current")
	if err != nil {
		return 0, 0, err
	}
	if stat, err := m.read("/sys/fs/cgroup/memory.stat"); err == nil {
		used -= min(used, bytesOf(stat, "inactive_file ")) // files that were read once: given up when somebody needs room
	}
	return int64(limit), min(max(0, limit-used), avail) / limit, nil
}

// kilobytes is a line of /proc/meminfo, in bytes.
func kilobytes(b []byte, name string) float64 { return 1024 * bytesOf(b, name) }

// bytesOf is the number after a name.
func bytesOf(b []byte, name string) float64 {
	_, after, _ := bytes.Cut(b, []byte(name))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseFloat(string(fields[0]), 64)
	if err != nil {
		return 0
	}
	return n
}

// idle reads the first line of /proc/stat: user, nice, system, idle, iowait, irq,
// softirq, steal.
func (m *Meter) idle() (float64, error) {
	b, err := m.read("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	fields := strings.Fields(string(line))
	if len(fields) < 5 || fields[0] != "cpu" {
		return 0, errors.New("/proc/stat does not begin with a line of the processor")
	}
	var all, free float64
	for i, f := range fields[1:min(len(fields), 9)] {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		if all += n; i == 3 || i == 4 {
			free += n
		}
	}
	share := 1.0
	if busy := all - free; m.everLooked && all > m.all {
		share = 1 - (busy-m.busy)/(all-m.all)
	}
	m.busy, m.all, m.everLooked = all-free, all, true
	return min(max(share, 0), 1), nil
}

func (m *Meter) read(path string) ([]byte, error) { return os.ReadFile(m.root + path) }

func (m *Meter) number(path string) (float64, error) {
	b, err := m.read(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(b)), 64)
}
