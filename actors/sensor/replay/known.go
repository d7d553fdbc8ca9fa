package replay

import "github.com/wardflow/wardflow/actors/sensor/recording"

// Channels by their names in recordings. A name alone says little: RESP is
// breaths a minute in one file and a wave in another, so the unit decides too.
var names = []struct{ name, recorded, kind, unit string }{
	{"HR", "/min", "8867-4", "/min"},
	{"PULSE", "/min", "8889-8", "/min"},
	{"RESP", "/min", "9279-1", "/min"},
	{"RespRate", "/min", "9279-1", "/min"},
	{"SpO2", "%", "59408-5", "%"},
	{"SaO2", "%", "2708-6", "%"},
	{"Temp", "Cel", "8310-5", "Cel"},
	{"SysABP", "mm[Hg]", "8480-6", "mm[Hg]"},
	{"DiasABP", "mm[Hg]", "8462-4", "mm[Hg]"},
	{"MAP", "mm[Hg]", "8478-0", "mm[Hg]"},
	{"NISysABP", "mm[Hg]", "8480-6", "mm[Hg]"},
	{"NIDiasABP", "mm[Hg]", "8462-4", "mm[Hg]"},
	{"NIMAP", "mm[Hg]", "8478-0", "mm[Hg]"},
	{"Glucose", "mg/dL", "2339-0", "mg/dL"},
	{"Glucose Value (mg/dL)", "mg/dL", "99504-3", "mg/dL"},
}

// leads of an electrocardiogram, in mV.
var leads = map[string]bool{"I": true, "II": true, "III": true, "aVR": true, "aVL": true, "aVF": true, "AVR": true, "AVL": true, "AVF": true,
	"V": true, "V1": true, "V2": true, "V3": true, "V4": true, "V5": true, "V6": true, "MLI": true, "MLII": true, "MLIII": true, "MCL1": true}

const ecgWave = "11524-6"

func known(ch recording.Channel) (Track, bool) {
	for _, n := range names {
		if n.name == ch.Name && n.recorded == ch.Unit {
			return Track{Kind: n.kind, Unit: n.unit}, true
		}
	}
	if leads[ch.Name] && ch.Unit == "mV" {
		return Track{Kind: ecgWave, Unit: "mV"}, true
	}
	return Track{}, false
}
