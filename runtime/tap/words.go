package tap

import "strings"

// What a mask knows. A word belongs here if no person, place or thing is called
// so: it is better to hide one too many.

// stems are parts of keys under which it stands who or what something is of.
var stems = []string{"patient", "device", "epc", "card", "serial", "person", "subject", "member", "mrn", "ssn", "nhs", "passport",
	"phone", "mail", "address", "birth", "dob", "name_of", "firstname", "lastname", "surname", "family", "nurse", "doctor",
	"staff", "user", "uuid", "password", "secret", "encounter", "collector"}

// reserved are keys by which a value says what it is.
var reserved = map[string]bool{"$exception": true, "$sealed": true, "$float": true, "$reading": true, "$window": true}

// counts are keys under which a large number is a time or a count.
var counts = set("at taken time timestamp seq first last count total bytes size tokens block epoch period version number seconds millis micros nanos integer")

// units are those of UCUM that a ward uses.
var units = set("/min % Cel K [degF] mm[Hg] kPa Pa bar cm[H2O] mmol/L mg/dL g/dL umol/L meq/L U/L [IU] mV uV V mA A W s ms us min h d " +
	"m cm mm km kg g mg ug L mL dL mL/h L/min mL/min mL/kg Hz kHz {beats}/min {breaths}/min {count} 1 deg rad lx dB m/s m/s2 [g] J kcal Ohm %{vol}")

// words are in phrases and keys, written as they are here: what begins with a
// capital letter is more likely a name.
var words = set(`
	a above accepted after ago an and are as at average bad before begin beginning below between both but by came can check checked
	clause closed code correct count data day days decimal diff difference disagrees due duration early empty end ended error event
	exception expected failed false fast field fine first floor for found from full future gap given good has hertz high
	higher hour hours in index info input integer invalid is it its key kind kinds large largest last late later least left level
	limit limits list low lower maximum mean median message millis minimum minute minutes missing mode more most
	name new next no none normal not null number numbers of off ok older on or order out outside over paused period
	positive negative previous range rate raw reading readings ready reason received ref refused reset result revoked right rule
	sample samples second seconds seen sent seq sequence series signal signature signed since size slow small smallest
	start started state status steep step still stop stopped stream string stuck sum than that the then there this time timeout
	timestamp to today too total true type types under unit units unknown unsigned up upper value values verdict version wait waiting was
	what when while window windows with within without wrong yes zero
	alarm alarms silent silence quiet
	abp aortic arterial beat beats blood body breath breaths bpm cardiac centigrade celsius co2 cvp diastolic ecg eda eeg emg etco2
	fahrenheit fever gas glucose group leaf hb heart heartrate hr humidity hrv icp interstitial lactate lead map nibp oxygen pap perfusion pleth
	ppg pressure pulse resp respiration respiratory rr saturation sao2 skin spo2 sys systolic temp temperature tidal vital vitals
	volume weight accelerometer acceleration angle distance gyroscope light lux movement motion orientation speed
	i ii iii v v1 v2 v3 v4 v5 v6 x y z judged findings span spans streams stamped hysteresis
	ABP BP CO2 CVP ECG EDA EEG EMG EtCO2 HR HRV I II III MAP MLII NIBP PAP PLETH PPG RESP RR SaO2 SpO2 SPO2 V V1 V2 V3 V4 V5 V6
	aVF aVL aVR ExceptionToken EOSToken End`)

func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}
