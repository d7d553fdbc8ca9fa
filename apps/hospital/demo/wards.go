package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/apps/hospital"
)

// window is how many seconds a patient's signed window spans in the demo: short,
// so that one sees records appear.
const window = 2

// invented is the ward without recordings: three patients with generated
// signals. One thermometer lies now and then, so that one sees a refusal.
func invented() *hospital.Ward {
	w := &hospital.Ward{Doc: "A ward of three beds whose signals are generated.", Window: window}
	for i := 1; i <= 3; i++ {
		b := newBed(w, fmt.Sprintf("p-100%d", i))
		seed := 100 * i
		b.add("ecg", fmt.Sprintf(`sensor.Generator(signal="ecg", seed=%d)`, seed))
		b.add("hr", fmt.Sprintf(`sensor.Generator(signal="heart_rate", seed=%d)`, seed))
		b.add("spo2", fmt.Sprintf(`sensor.Generator(signal="spo2", seed=%d)`, seed))
		lies := ""
		if i == 2 {
			lies = `, fault_every=7, fault_value=1.1`
		}
		b.add("temp", fmt.Sprintf(`sensor.Generator(signal="temperature", seed=%d, rate=1%s)`, seed, lies))
		b.add("cgm", fmt.Sprintf(`sensor.Generator(signal="glucose", seed=%d, rate=0.2)`, seed))
		if i == 3 {
			b.bring("pulse")
		}
	}
	return w
}

// source names what a ward's signals come from: the folders of its recordings.
func source(data []string) string {
	if len(data) == 0 {
		return "generated signals"
	}
	var names []string
	for _, dir := range data {
		names = append(names, filepath.Base(dir))
	}
	slices.Sort(names)
	return strings.Join(names, "+")
}

// DefaultDir is where a demo with these recordings lies when nothing is said:
// each ward has a directory of its own, since its patients' records go on there.
func DefaultDir(data []string) string {
	if len(data) == 0 {
		return "wardflow-data"
	}
	return "wardflow-data-" + source(data)
}

// same says whether a directory holds the ward of this source, or none yet.
func same(l layout, src string) error {
	b, err := os.ReadFile(l.plays())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return os.WriteFile(l.plays(), []byte(src+"\n"), 0o644)
	case err != nil:
		return err
	case strings.TrimSpace(string(b)) != src:
		return fmt.Errorf("%s holds the ward of %q, whose devices and patients are others: give --dir another directory", l.dir, strings.TrimSpace(string(b)))
	}
	return nil
}

// A player makes the beds that a folder of recordings fills.
type player struct {
	folder string // base name
	beds   func(dir string, w *hospital.Ward) error
}

// players are the folders that the demo knows how to play.
var players = []player{
	{"icu-bidmc", playBIDMC},
	{"ecg-mitbih-100", playECG},
	{"icu-vitals-2012", playVitals},
	{"cgm-dexcom-g6", playCGM},
}

// recorded is the ward that folders of recordings fill.
func recorded(dirs []string) (*hospital.Ward, error) {
	w := &hospital.Ward{Doc: "A ward whose sensors play recordings.", Window: window}
	for _, dir := range dirs {
		base := filepath.Base(dir)
		i := slices.IndexFunc(players, func(p player) bool { return p.folder == base })
		if i < 0 {
			var known []string
			for _, p := range players {
				known = append(known, p.folder)
			}
			return nil, fmt.Errorf("--data %s: the demo plays folders called %s", dir, strings.Join(known, ", "))
		}
		if err := players[i].beds(dir, w); err != nil {
			return nil, fmt.Errorf("--data %s: %w", dir, err)
		}
	}
	return w, nil
}

// playBIDMC fills two beds with a monitor's numbers, at the recorded pace.
func playBIDMC(dir string, w *hospital.Ward) error {
	for _, nn := range []string{"01", "05"} {
		file, err := in(dir, "bidmc_"+nn+"_Numerics.csv")
		if err != nil {
			return err
		}
		b := newBed(w, "p-bidmc-"+nn)
		for _, ch := range []struct{ name, channel, kind, unit string }{
			{"hr", "HR", "8867-4", "/min"},
			{"pulse", "PULSE", "8889-8", "/min"},
			{"resp", "RESP", "9279-1", "/min"},
			{"spo2", "SpO2", "59408-5", "%"},
		} {
			b.add(ch.name, fmt.Sprintf(`sensor.Player(file=%q, channel=%q, kind=%q, unit=%q)`, file, ch.channel, ch.kind, ch.unit))
		}
	}
	return nil
}

// playECG fills a bed with both leads, at the recorded pace.
func playECG(dir string, w *hospital.Ward) error {
	file, err := in(dir, "100.hea")
	if err != nil {
		return err
	}
	b := newBed(w, "p-mitbih-100")
	for _, lead := range []string{"MLII", "V5"} {
		b.add("ecg-"+strings.ToLower(lead), fmt.Sprintf(`sensor.Player(file=%q, channel=%q, kind="11524-6", unit="mV")`, file, lead))
	}
	return nil
}

// playVitals fills two beds with 48 hours each, two hours a second: one patient
// whose thermometer has a wrong channel, and one who is truly cold.
func playVitals(dir string, w *hospital.Ward) error {
	for _, stay := range []string{"141449", "134199"} {
		file, err := in(dir, stay+".txt")
		if err != nil {
			return err
		}
		b := newBed(w, "p-2012-"+stay)
		for _, ch := range []struct{ name, channel, kind, unit string }{
			{"temp", "Temp", "8310-5", "Cel"},
			{"hr", "HR", "8867-4", "/min"},
		} {
			b.add(ch.name, fmt.Sprintf(`sensor.Player(file=%q, channel=%q, kind=%q, unit=%q, speed=7200)`, file, ch.channel, ch.kind, ch.unit))
		}
	}
	return nil
}

// playCGM fills a bed with a glucose sensor, ten minutes a second.
func playCGM(dir string, w *hospital.Ward) error {
	file, err := in(dir, "dexcom_g6_export.csv")
	if err != nil {
		return err
	}
	newBed(w, "p-dexcom").add("cgm", fmt.Sprintf(`sensor.Player(file=%q, channel="Glucose Value (mg/dL)", kind="99504-3", unit="mg/dL", speed=600)`, file))
	return nil
}

// in is a recording's name as sensor.Player takes it: its folder and its file.
func in(dir, file string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
		return "", err
	}
	return filepath.Base(dir) + "/" + file, nil
}

// A bed being filled.
type bed struct {
	w *hospital.Ward
	i int
}

// newBed adds a bed to the ward, in a room of its own.
func newBed(w *hospital.Ward, patient string) bed {
	n := len(w.Beds) + 1
	w.Beds = append(w.Beds, hospital.Bed{Name: fmt.Sprintf("bed-%d", n), Patient: patient, Room: fmt.Sprintf("h1/3/icu-%d", n)})
	return bed{w, n - 1}
}

// add puts a device at the bed that an actor plays.
func (b bed) add(kind, source string) { b.put(kind).Source = source }

// bring puts a device at the bed that runs no node.
func (b bed) bring(kind string) { b.put(kind).Outside = true }

// put makes a device. Its number is a GIAI of the demo's hospital: assets of one
// owner.
func (b bed) put(kind string) *hospital.Device {
	bd := &b.w.Beds[b.i]
	typ, _, _ := strings.Cut(kind, "-")
	bd.Devices = append(bd.Devices, hospital.Device{
		Name:  bd.Name + "-" + kind,
		EPC:   fmt.Sprintf("urn:epc:id:giai:0614141.%d%02d", b.i+1, len(bd.Devices)+1),
		Group: bd.Room + "/" + typ,
	})
	return &bd.Devices[len(bd.Devices)-1]
}
