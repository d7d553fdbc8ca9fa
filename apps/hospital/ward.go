package hospital

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/script"
)

// A Device is one sensor at a bed.
type Device struct {
	Name   string // of its folder of certificates, and of its actor
	EPC    string // urn:epc:id:...
	Group  string // site/floor/room/type
	Source string // the actor that plays it, without device: `sensor.Player(file="…")`
	// Outside says that the device runs no node: it brings its readings to the
	// bed's intake, and has no Source.
	Outside bool
}

// A Bed is a place for one patient, with a collector and its devices.
type Bed struct {
	Name    string // of its collector, its folder of certificates and its component
	Patient string // pseudonym
	Room    string // site/floor/room
	Devices []Device
}

// A Ward is some beds that share a store.
type Ward struct {
	Doc    string // a sentence on top of the script
	Beds   []Bed
	Window int // seconds that a patient's signed window spans
}

// Script writes the ward in the dataflow language, as wardflow fmt would.
func (w *Ward) Script() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", w.Doc)
	fmt.Fprintf(&b, `
define WINDOW = %d

component Bed(patient, collector) reading -> passed {
  """Gathers a patient's readings, signs them with the patient's card, judges them.

  What is refused stays with its window: the store keeps why, the page shows it."""
  collect : ward.Collector(patient=patient, collector=collector, window=WINDOW)
  check : ward.RuleCheck()

  .reading > collect.reading
  collect.out > check.in
  check.passed > .passed
  check.refused > voidport
}

store : ward.Store(storage="records")
`, w.Window)
	var sensors, beds []string
	for _, bed := range w.Beds {
		fmt.Fprintf(&b, "\n%s : Bed(patient=%q, collector=%q)\n", ident(bed.Name), bed.Patient, bed.Name)
		beds = append(beds, ident(bed.Name))
		if outside := bed.outside(); len(outside) > 0 {
			intake := ident(bed.Name) + "_intake"
			fmt.Fprintf(&b, "%s : ward.Intake(collector=%q, devices=[%s])\n%[1]s.reading > %[4]s.reading\n", intake, bed.Name, strings.Join(outside, ", "), ident(bed.Name))
			beds = append(beds, intake)
		}
		for _, d := range bed.inside() {
			call := strings.Replace(d.Source, "(", fmt.Sprintf("(device=%q, ", d.Name), 1)
			fmt.Fprintf(&b, "%s : %s\n", ident(d.Name), call)
			sensors = append(sensors, ident(d.Name))
		}
		for _, d := range bed.inside() {
			fmt.Fprintf(&b, "%s.reading > %s.reading\n", ident(d.Name), ident(bed.Name))
		}
		fmt.Fprintf(&b, "%s.passed > store.in\n", ident(bed.Name))
	}
	fmt.Fprintf(&b, `
rule bedside : node_attr_match(index=["user_extra", {"place": "bedside"}])
rule ward : node_attr_match(index=["user_extra", {"place": "ward"}])
rule records : node_attr_match(index=["user_extra", {"place": "records"}])
apply %s : bedside
apply %s : ward
apply store : records
`, strings.Join(sensors, ", "), strings.Join(beds, ", "))
	text, issues := script.Format([]byte(b.String()), "ward.calvin")
	if issues.Err() != nil {
		return b.String() // a name that no script can hold: whoever compiles it says so
	}
	return string(text)
}

// inside are the devices that an actor of the ward plays.
func (b Bed) inside() []Device {
	return slices.DeleteFunc(slices.Clone(b.Devices), func(d Device) bool { return d.Outside })
}

// outside are the numbers, quoted, of those that bring their readings.
func (b Bed) outside() []string {
	var all []string
	for _, d := range b.Devices {
		if d.Outside {
			all = append(all, strconv.Quote(d.EPC))
		}
	}
	return all
}

// ident is a name as the language allows it.
func ident(name string) string { return strings.ReplaceAll(name, "-", "_") }
