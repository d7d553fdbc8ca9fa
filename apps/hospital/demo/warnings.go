package demo

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// isPause reports whether a line of a log says that the nodes did not hear of each
// other in time: a process was killed, or the machine is too busy for three nodes.
// They wait then, which is told, and the record holds all the same.
func isPause(line string) bool {
	return strings.Contains(line, `msg="nothing can be agreed"`) ||
		strings.Contains(line, `msg="chain stopped making blocks"`) && strings.Contains(line, "no majority")
}

// warnings are the lines of this run's logs that should not be there, and those
// that say of a pause.
func (d *demo) warnings() (found, pauses []string, err error) {
	for _, n := range processNames {
		f, err := os.Open(d.l.log(n))
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		if _, err := f.Seek(d.logs[d.l.log(n)], io.SeekStart); err != nil {
			return nil, nil, err
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			switch line := lines.Text(); {
			case strings.Contains(line, "level=INFO"), strings.Contains(line, "level=DEBUG"):
			case isPause(line):
				pauses = append(pauses, string(n)+": "+line)
			default:
				found = append(found, string(n)+": "+line)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", d.l.log(n), err)
		}
	}
	return found, pauses, nil
}
