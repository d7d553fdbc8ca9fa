package control

// ReadTapEvent reads the data of one event of a tap.
var ReadTapEvent = tapEvent
