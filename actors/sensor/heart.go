package sensor

import "math"

// The ECG after the dynamical model of McSharry, Clifford, Tarassenko and Smith
// (IEEE Transactions on Biomedical Engineering 50(3), 2003): a point circles
// once a heartbeat, and five bumps on its way, P, Q, R, S and T, push the third
// coordinate, which is the signal:
//
//	ẋ = αx − ωy    ẏ = αy + ωx    α = 1 − √(x² + y²)    ω = 2π × heart rate
//	ż = −Σ aᵢ Δθᵢ exp(−Δθᵢ² ÷ 2bᵢ²) − (z − z₀)
//
// Angles and widths are those of its Table I. There, a faster heart makes a
// smaller R wave, as the point rushes past; so the push is multiplied by
// ω ÷ 2π here, which changes nothing at 60 beats a minute. Sizes are in
// millivolts: R comes to about 1.1.

var bumps = [5]struct{ angle, push, width float64 }{
	{-math.Pi / 3, 1.2, 0.25},  // P
	{-math.Pi / 12, -5.0, 0.1}, // Q
	{0, 30.0, 0.1},             // R
	{math.Pi / 12, -7.5, 0.1},  // S
	{math.Pi / 2, 0.75, 0.4},   // T
}

// millivolts is what one of the paper's units stands for.
const millivolts = 26.0

// finest is the longest step of the integration, in seconds.
const finest = 1.0 / 500

// A heart is where the point is.
type heart struct{ x, y, z float64 }

// newHeart begins just after a T wave.
func (b *body) newHeart() heart { return heart{-1, 0, 0} }

// run moves the point from t to t+by seconds, by Runge and Kutta's method of
// fourth order.
func (h *heart) run(b *body, t, by float64) {
	steps := math.Ceil(by / finest)
	dt := by / steps
	for i := range int(steps) {
		at := t + float64(i)*dt
		k1 := h.slope(b, at)
		k2 := h.plus(k1, dt/2).slope(b, at+dt/2)
		k3 := h.plus(k2, dt/2).slope(b, at+dt/2)
		k4 := h.plus(k3, dt).slope(b, at+dt)
		h.x += dt / 6 * (k1.x + 2*k2.x + 2*k3.x + k4.x)
		h.y += dt / 6 * (k1.y + 2*k2.y + 2*k3.y + k4.y)
		h.z += dt / 6 * (k1.z + 2*k2.z + 2*k3.z + k4.z)
	}
}

func (h heart) plus(k heart, dt float64) heart {
	return heart{h.x + dt*k.x, h.y + dt*k.y, h.z + dt*k.z}
}

func (h heart) slope(b *body, t float64) heart {
	beats := b.heartRate(t) / 60
	omega := 2 * math.Pi * beats
	alpha := 1 - math.Hypot(h.x, h.y)
	theta := math.Atan2(h.y, h.x)
	push := 0.0
	for _, w := range bumps {
		d := math.Remainder(theta-w.angle, 2*math.Pi)
		push += w.push * d * math.Exp(-d*d/(2*w.width*w.width))
	}
	base := 0.04 * math.Sin(2*math.Pi*b.breath.sum(t)/60) // the baseline rises and falls with breath
	return heart{alpha*h.x - omega*h.y, alpha*h.y + omega*h.x, -millivolts*push*beats - (h.z - base)}
}
