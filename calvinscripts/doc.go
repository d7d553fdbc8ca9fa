// Package calvinscripts is scripts to learn from, and to begin with. It holds
// no code.
//
//	*.calvin    short ones that other pages point at; ward.calvin is what
//	            wardflow demo deploys
//	tutorial/   the language in small steps, one idea a script
//	hospital/   what a hospital would run: a ward, intensive care, a patient at
//	            home, the guard of an insulin pump
//
// Each says in its first lines what it shows, and most have test blocks, which
//
//	wardflow test calvinscripts/tutorial/10-time.calvin
//
// runs. The tests of this package run all of them, and see to it that every
// script compiles without a warning and is as wardflow fmt writes it.
package calvinscripts
