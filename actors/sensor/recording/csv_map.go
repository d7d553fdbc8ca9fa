package recording

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Map says what the columns of a CSV file mean. A column is named by its cell
// in the first line, spaces around it left out. Either each value column is a
// channel ("Time [s], HR, SpO2"), or, with Name and Value set, the channel's
// name stands in each row ("Time,Parameter,Value").
//
// The zero Map recognises three files by their first line: the Numerics and
// Signals of BIDMC, the stays of PhysioNet's Challenge 2012, and the export of a
// Dexcom sensor.
type Map struct {
	Time   string            // column of the time; "" when Rate says it
	Format string            // of the time: "seconds", "hh:mm", "clock" (2016-10-24T11:24:17)
	Rate   string            // rows a second, such as "125"; then a row is a sample and Time is not read
	Name   string            // column that names the channel; "" when each channel has a column
	Value  string            // column of the value, with Name
	Where  map[string]string // only rows whose cells are so
	Absent []string          // cells that are no value, beside "" and "NaN"
	Units  map[string]string // unit of a channel; else what stands in brackets at the end of its column's name
}

func (m *Map) zero() bool {
	return m.Time == "" && m.Format == "" && m.Rate == "" && m.Name == "" && m.Value == "" && m.Where == nil && m.Absent == nil && m.Units == nil
}

// check says what of a map can't be followed.
func (m *Map) check() error {
	switch {
	case m.Rate != "" && (m.Time != "" || m.Name != ""):
		return fmt.Errorf("columns: rate %s says when each row was taken, so time and name have no place", m.Rate)
	case m.Rate == "" && m.Time == "":
		return fmt.Errorf(`columns: say in which column the time stands (time="…"), or how many rows a second has (rate="…")`)
	case m.Rate == "" && m.Format != "seconds" && m.Format != "hh:mm" && m.Format != "clock":
		return fmt.Errorf(`columns: time format %q: want "seconds", "hh:mm" or "clock"`, m.Format)
	case (m.Name == "") != (m.Value == ""):
		return fmt.Errorf("columns: name and value go together")
	}
	return nil
}

// The units of the files that are recognised, in UCUM; they are in the files'
// READMEs and not in the files.
var (
	bidmcUnits = map[string]string{"HR": "/min", "PULSE": "/min", "RESP": "/min", "SpO2": "%"}
	stayUnits  = map[string]string{"Temp": "Cel", "HR": "/min", "RespRate": "/min",
		"SysABP": "mm[Hg]", "DiasABP": "mm[Hg]", "MAP": "mm[Hg]",
		"NISysABP": "mm[Hg]", "NIDiasABP": "mm[Hg]", "NIMAP": "mm[Hg]", "SaO2": "%", "Glucose": "mg/dL"}
)

// recognise finds the map of a file by its first line.
func recognise(head []string) (Map, error) {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(head, n) })
	}
	const clock = "Timestamp (YYYY-MM-DDThh:mm:ss)"
	switch {
	case slices.Equal(head, []string{"Time", "Parameter", "Value"}):
		return Map{Time: "Time", Format: "hh:mm", Name: "Parameter", Value: "Value", Units: maps.Clone(stayUnits)}, nil
	case head[0] == "Time [s]" && has("HR", "SpO2"):
		return Map{Time: "Time [s]", Format: "seconds", Units: maps.Clone(bidmcUnits)}, nil
	case head[0] == "Time [s]":
		return Map{Time: "Time [s]", Format: "seconds"}, nil
	case has(clock, "Event Type", "Glucose Value (mg/dL)"):
		// "Low" and "High" stand where the sensor could not tell how much.
		return Map{Time: clock, Format: "clock", Where: map[string]string{"Event Type": "EGV"}, Absent: []string{"Low", "High"}}, nil
	}
	return Map{}, fmt.Errorf("columns %q are not recognised: say what they mean with columns={…}", head)
}

// unitOf is what stands in brackets at the end of a column's name.
func unitOf(column string) string {
	for _, pair := range []string{"()", "[]"} {
		if i := strings.LastIndex(column, pair[:1]); i > 0 && strings.HasSuffix(column, pair[1:]) {
			return column[i+1 : len(column)-1]
		}
	}
	return ""
}
