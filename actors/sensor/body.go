package sensor

import (
	"math"
	"math/rand/v2"
)

// A body is a patient at rest. Each of its quantities is a function of time
// alone: a mean and a few slow waves whose sizes, periods and phases the seed
// draws. So signals made on different nodes agree.
type body struct {
	seed                          uint64
	heart, breath, sat, temp, glu waves
	low                           wave    // of the heart rate: blood pressure, about 0.1 Hz
	sinus                         float64 // how far breathing moves the heart rate
	meals                         [3]float64
}

// A wave is size × sin(2π t ÷ period + phase).
type wave struct{ size, period, phase float64 }

type waves struct {
	mean float64
	of   []wave
}

func (w *waves) at(t float64) float64 {
	v := w.mean
	for _, x := range w.of {
		v += x.size * math.Sin(2*math.Pi*t/x.period+x.phase)
	}
	return v
}

// sum is the integral from 0 to t.
func (w *waves) sum(t float64) float64 {
	v := w.mean * t
	for _, x := range w.of {
		v += x.size * x.period / (2 * math.Pi) * (math.Cos(x.phase) - math.Cos(2*math.Pi*t/x.period+x.phase))
	}
	return v
}

func newBody(seed uint64) *body {
	r := rand.New(rand.NewPCG(seed, 0x77617264)) // "ward"
	between := func(low, high float64) float64 { return low + (high-low)*r.Float64() }
	draw := func(mean float64, sizes ...[3]float64) waves { // size, shortest and longest period
		w := waves{mean: mean}
		for _, s := range sizes {
			w.of = append(w.of, wave{s[0] * between(0.7, 1.3), between(s[1], s[2]), between(0, 2*math.Pi)})
		}
		return w
	}
	b := &body{seed: seed}
	b.heart = draw(between(62, 84), [3]float64{3, 200, 400}, [3]float64{1.5, 70, 120}, [3]float64{3, 1500, 2400})
	b.breath = draw(between(12, 17), [3]float64{1, 60, 120}, [3]float64{1.2, 400, 900})
	b.sat = draw(between(96.4, 98), [3]float64{0.5, 40, 90}, [3]float64{0.7, 500, 1200})
	b.temp = draw(between(36.6, 37.1), [3]float64{0.05, 300, 900}, [3]float64{0.25, 86400, 86400})
	b.glu = draw(between(92, 108), [3]float64{6, 2400, 5400}, [3]float64{8, 20000, 40000})
	b.low = wave{size: 0.015, period: between(9, 11), phase: between(0, 2*math.Pi)}
	b.sinus = between(0.02, 0.04)
	for i := range b.meals {
		b.meals[i] = between(35, 60)
	}
	return b
}

// heartRate is the beats a minute at t, with what breathing and blood pressure
// do from beat to beat (McSharry et al. 2003, section II: two peaks, near 0.1
// and at the rate of breathing).
func (b *body) heartRate(t float64) float64 {
	breath := 2 * math.Pi * b.breath.sum(t) / 60
	low := b.low.size * math.Sin(2*math.Pi*t/b.low.period+b.low.phase)
	return b.heart.at(t) * (1 + b.sinus*math.Sin(breath) + low)
}

// shownHeartRate is what a monitor shows: the mean of the last eight seconds.
func (b *body) shownHeartRate(t float64) float64 {
	const span, steps = 8, 64
	sum := 0.0
	for i := range steps {
		sum += b.heartRate(math.Max(t-span+span*(float64(i)+0.5)/steps, 0))
	}
	return sum / steps
}

func (b *body) breathing(t float64) float64   { return b.breath.at(t) }
func (b *body) saturation(t float64) float64  { return math.Min(b.sat.at(t), 100) }
func (b *body) temperature(t float64) float64 { return b.temp.at(t) }

// glucose has three meals a day, each a rise of some 40 minutes and a slower fall.
func (b *body) glucose(t float64) float64 {
	const day = 86400
	v := b.glu.at(t)
	for i, size := range b.meals {
		since := math.Mod(t-float64(i+1)*day/4+day, day)
		x := since / 2400
		v += size * x * math.Exp(1-x)
	}
	return v
}

// noise is the noise of an electrode at sample i, up to ±size.
func (b *body) noise(i int64, size float64) float64 {
	z := b.seed + uint64(i+1)*0x9e3779b97f4a7c15 // splitmix64
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return size * (float64((z^z>>31)>>11)/(1<<52) - 1)
}
