// Package ucum tells whether a text is a code of the Unified Code for Units of
// Measure (UCUM, case sensitive, version 2.2), and what somebody meant who has
// written another one:
//
//	err := ucum.Check("mm[Hg]")  // nil
//	err = ucum.Check("Celsius")  // "Celsius" is no code of UCUM: say Cel
//
// It knows the grammar of section 2, the prefixes, and the symbols that stand
// without brackets, which are few. What is in brackets, such as [IU] or [lb_av],
// is taken as it is: those are hundreds, and new ones come with each version. It
// converts nothing.
package ucum
