package ucum

import (
	"slices"
	"strings"
)

// prefixes of metric units, the binary ones with them.
var prefixes = strings.Fields("Q R Y Z E P T G M k h da d c m u n p f a z y r q Ki Mi Gi Ti")

// metric are symbols that may have a prefix, and plain those that may not. Both
// stand without brackets; of those that end with some, the beginning is here.
var (
	metric = set(`m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv
		l L ar t bar u eV pc gf Ky Gal dyn erg P Bi St Mx G Oe Gb sb Lmb ph Ci R RAD REM
		cal cal_m cal_IT cal_th cal_[15] cal_[20] tex m[H2O] m[Hg] eq osm g% kat U Np
		B B[SPL] B[V] B[mV] B[uV] B[10.nV] B[W] B[kW] st mho bit By Bd`)
	plain = set(`10* 10^ % gon deg ' '' min h d wk a a_t a_j a_g mo mo_s mo_j mo_g AU atm
		Ao b att circ sph bit_s %[slope]`)
)

func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, s := range strings.Fields(list) {
		all[s] = true
	}
	return all
}

// isUnit reports whether a text is a unit, with or without a prefix.
func isUnit(s string) bool {
	if known(s) {
		return true
	}
	return slices.ContainsFunc(prefixes, func(p string) bool {
		rest, ok := strings.CutPrefix(s, p)
		return ok && (metric[rest] || bracketed(rest))
	})
}

func known(s string) bool { return metric[s] || plain[s] || bracketed(s) }

// bracketed reports whether all of a symbol is in brackets: printable ASCII.
func bracketed(s string) bool {
	return len(s) > 2 && s[0] == '[' && strings.IndexByte(s, ']') == len(s)-1 &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}

// meant is what people write and what UCUM calls that, in small letters.
var meant = map[string]string{
	"celsius": "Cel", "centigrade": "Cel", "degc": "Cel", "deg_c": "Cel", "°c": "Cel", "℃": "Cel",
	"fahrenheit": "[degF]", "degf": "[degF]", "deg_f": "[degF]", "°f": "[degF]", "℉": "[degF]", "kelvin": "K",
	"bpm": "/min", "rpm": "/min", "brpm": "/min", "beats/min": "/min", "breaths/min": "/min", "beats": "{beats}", "breaths": "{breaths}",
	"mmhg": "mm[Hg]", "cmh2o": "cm[H2O]", "inhg": "[in_i'Hg]", "torr": "mm[Hg]", "psi": "[psi]", "kpa": "kPa", "pascal": "Pa",
	"percent": "%", "pct": "%", "ppm": "[ppm]", "ppb": "[ppb]",
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "minute": "min", "minutes": "min", "mins": "min",
	"hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "week": "wk", "weeks": "wk", "month": "mo", "year": "a", "years": "a", "yr": "a",
	"hertz": "Hz", "volt": "V", "volts": "V", "ampere": "A", "amp": "A", "watt": "W", "joule": "J", "newton": "N", "ohm": "Ohm", "ω": "Ohm", "lux": "lx",
	"meter": "m", "metre": "m", "gram": "g", "grams": "g", "liter": "L", "litre": "L", "mcg": "ug", "µg": "ug", "μg": "ug", "µv": "uV", "μv": "uV",
	"µl": "uL", "μl": "uL", "µmol": "umol", "μmol": "umol", "µs": "us", "μs": "us", "cc": "mL", "kcals": "kcal",
	"iu": "[IU]", "miu": "m[IU]", "unit": "U", "units": "U", "meq": "meq", "mosm": "mosm", "mole": "mol",
	"lb": "[lb_av]", "lbs": "[lb_av]", "pound": "[lb_av]", "oz": "[oz_av]", "inch": "[in_i]", "in": "[in_i]", "ft": "[ft_i]", "foot": "[ft_i]",
	"degree": "deg", "degrees": "deg", "°": "deg", "count": "{count}", "counts": "{count}", "none": "1", "ratio": "1",
}

// instead is the code for what somebody has written, or "". Letters of another
// case may be all that is wrong.
func instead(s string) string {
	if say, ok := meant[strings.ToLower(s)]; ok {
		return say
	}
	for _, list := range []map[string]bool{metric, plain} {
		var found []string
		for symbol := range list {
			for _, p := range append([]string{""}, prefixes...) {
				if strings.EqualFold(p+symbol, s) && (p == "" || list[symbol] && metric[symbol]) {
					found = append(found, p+symbol)
				}
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return ""
}
