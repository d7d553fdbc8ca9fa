// Package python computes with values as Python 2 does: their text, truth,
// equality, order and arithmetic. Calvin's actors are written in it and its
// scripts rely on it: 7 / 2 is 3, true reads "True", and 1.0 equals 1.
//
// It differs where a Wardflow value can't follow. Whole numbers beyond 64 bits
// become floats. Dictionaries have no order, so their text has sorted keys. Text
// in lists and dictionaries is 'text' whether or not Python would say u'text',
// and keeps its letters as they are.
package python
