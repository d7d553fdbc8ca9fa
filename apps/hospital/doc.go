// Package hospital is where the hospital itself lives: what wards, beds, devices
// and patients there are, and how a script for them is written. Registration,
// admission, access and the doors for other software will stand beside it.
package hospital
