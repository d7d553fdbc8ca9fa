package member

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// What a computer says in /proc and /sys, and a container's limits.
func TestMeterReads(t *testing.T) {
	root := t.TempDir()
	put := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := &Meter{root: root}
	if _, err := m.Measure(); err == nil {
		t.Error("an empty /proc was measured")
	}
	put("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:        1000000 kB\nMemAvailable:   12000000 kB\n")
	put("proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3\n")
	put("proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2500.000\n")
	h, err := m.Measure()
	if err != nil || h != (Host{CPU: int64(2500 * runtime.NumCPU()), Memory: 16000000 * 1024, CPUIdle: 1, MemoryOK: 0.75}) {
		t.Errorf("Measure = %+v, %v", h, err)
	}
	put("proc/stat", "cpu  150 0 125 820 5 0 0 0 0 0\n")
	put("sys/fs/cgroup/memory.max", "8192000000\n")
	put("sys/fs/cgroup/memory.current", "2048000000\n")
	put("sys/fs/cgroup/cpu.max", "50000 100000\n")
	put("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3000000\n")
	h, err = m.Measure()
	if err != nil || h != (Host{CPU: 1500, Memory: 8192000000, CPUIdle: 0.25, MemoryOK: 0.75}) {
		t.Errorf("Measure in a container = %+v, %v", h, err)
	}
	put("sys/fs/cgroup/memory.stat", "anon 1024000000\ninactive_file 1024000000\nactive_file 0\n")
	if h, err = m.Measure(); err != nil || h.MemoryOK != 0.875 {
		t.Errorf("Measure in a container that has read files = %+v, %v: what is kept of them is free for others", h, err)
	}
	put("sys/fs/cgroup/memory.max", "max\n")
	put("sys/fs/cgroup/cpu.max", "max 100000\n")
	if h, err = m.Measure(); err != nil || h.Memory != 16000000*1024 || h.CPU != int64(3000*runtime.NumCPU()) {
		t.Errorf("Measure without limits = %+v, %v", h, err)
	}
	put("proc/stat", "nonsense")
	if _, err := m.Measure(); err == nil {
		t.Error("nonsense was measured")
	}
}
