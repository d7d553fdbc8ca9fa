package script

import (
	"fmt"
	"strings"
)

// A kind is one kind of issue. Codes are stable: a kind that goes keeps its
// number, a new one gets the next.
type kind struct {
	code     string
	severity Severity
	msg      string // format: what is wrong, in our words
	reason   string // format over the same arguments: Calvin's words; "": msg
}

// The kinds of issue: 01 text, 02 constants and components, 03 actors, 04
// links, 05 port properties, 06 deployment rules, 07 limits.
var (
	badCharacter    = kind{"WF0101", Error, "illegal character '%[1]s'", "Illegal character '%[1]s'"}
	openString      = kind{"WF0102", Error, "string without its closing quote", "Illegal character '\"'"}
	openComment     = kind{"WF0103", Error, "comment without its closing */", "Illegal character '/'"}
	openDoc         = kind{"WF0104", Error, "docstring without its closing quotes", "Illegal character '\"'"}
	badString       = kind{"WF0105", Error, "%[1]s", ""}
	badNumber       = kind{"WF0106", Error, "number %[1]s can't be read", ""}
	unexpected      = kind{"WF0107", Error, "%[1]s where %[2]s should stand", "Syntax error."}
	unexpectedEnd   = kind{"WF0108", Error, "the script ends where %[1]s should stand", "Unexpected end of file."}
	badDirection    = kind{"WF0109", Error, "invalid direction '%[1]s'", "Invalid direction (%[1]s)."}
	pointless       = kind{"WF0110", Error, "a link from voidport to voidport does nothing", "Pointless construct."}
	outOfOrder      = kind{"WF0111", Error, "%[1]s after %[2]s", "Syntax error."}
	missingClose    = kind{"WF0112", Error, "%[1]s is missing here", "Syntax error."}
	emptyComponent  = kind{"WF0114", Error, "component '%[1]s' has no statement", "Syntax error."}
	misplaced       = kind{"WF0115", Error, "%[1]s can't stand in %[2]s", "Syntax error."}
	chained         = kind{"WF0116", Error, "a link has one source and ends at its targets", "Syntax error."}
	voidMixed       = kind{"WF0117", Error, "voidport %[1]s", "Syntax error."}
	unusedTag       = kind{"WF0118", Warning, "the tag before a port means nothing", ""}
	repeatedKey     = kind{"WF0119", Warning, "key \"%[1]s\" stands twice; the last one counts", ""}
	noStatement     = kind{"WF0120", Error, "'%[1]s' begins no statement", "Syntax error."}
	missingInclude  = kind{"WF0121", Error, "could not find file %[1]s.calvin", "Could not find file %[1]s.calvin."}
	circularInclude = kind{"WF0122", Error, "file %[1]s includes itself: %[2]s", ""}
	badInclude      = kind{"WF0123", Error, "%[1]s can't name a file to include", "Could not find file %[1]s.calvin."}
	unreadInclude   = kind{"WF0124", Error, "could not read file %[1]s: %[2]s", "Could not read file %[1]s."}
	emptyBlock      = kind{"WF0125", Error, "%[1]s has no statement", "Syntax error."}
	badSeconds      = kind{"WF0126", Error, "after goes forward in time, not by %[1]s s", "Syntax error."}
	circularConst   = kind{"WF0201", Error, "constant '%[1]s' has a circular reference", "Constant '%[1]s' has a circular reference"}
	undefinedConst  = kind{"WF0202", Error, "constant '%[1]s' is undefined", "Constant '%[1]s' is undefined"}
	undefinedName   = kind{"WF0203", Error, "undefined identifier '%[1]s'", "Undefined identifier: '%[1]s'"}
	repeatedConst   = kind{"WF0204", Error, "constant '%[1]s' is defined twice", ""}
	repeatedComp    = kind{"WF0205", Error, "component '%[1]s' is defined twice", ""}
	circularComp    = kind{"WF0206", Error, "component '%[1]s' contains itself: %[2]s", ""}
	hiddenComp      = kind{"WF0207", Warning, "component '%[1]s' is never used: there is an actor type of that name", ""}
	repeatedName    = kind{"WF0208", Error, "%[1]s '%[2]s' is named twice", ""}
	unusedParam     = kind{"WF0209", Error, "unused argument '%[1]s'", "Unused argument: '%[1]s'"}
	unknownType     = kind{"WF0301", Error, "unknown actor type '%[1]s'", "Unknown actor type: '%[1]s'"}
	missingComp     = kind{"WF0302", Error, "missing local component definition '%[1]s'", "Missing local component definition: '%[1]s'"}
	missingArg      = kind{"WF0303", Error, "missing argument '%[1]s'", "Missing argument: '%[1]s'"}
	excessArg       = kind{"WF0304", Error, "excess argument '%[1]s'", "Excess argument: '%[1]s'"}
	repeatedArg     = kind{"WF0305", Error, "duplicated argument '%[1]s'", "Duplicated argument: '%[1]s'"}
	repeatedActor   = kind{"WF0306", Error, "instance identifier '%[1]s' redeclared", "Instance identifier '%[1]s' redeclared"}
	wrongArg        = kind{"WF0307", Error, "argument '%[1]s' is %[2]s, not %[3]s", ""}
	defaultArg      = kind{"WF0308", Note, "using default value for implicit parameter '%[1]s'", "Using default value for implicit parameter '%[1]s'"}
	missingLink     = kind{"WF0401", Error, "%[1]s %[2]s (%[3]s) is missing connection to %[4]sport '%[5]s'", "%[1]s %[2]s (%[3]s) is missing connection to %[4]sport '%[5]s'"}
	missingInner    = kind{"WF0402", Error, "component %[1]s is missing connection to %[2]sport '%[3]s'", "Component %[1]s is missing connection to %[2]sport '%[3]s'"}
	noInnerPort     = kind{"WF0403", Error, "component %[1]s has no %[2]sport '%[3]s'", "Component %[1]s has no %[2]sport '%[3]s'"}
	noPort          = kind{"WF0404", Error, "%[1]s %[2]s (%[3]s) has no %[4]sport '%[5]s'", "%[1]s %[2]s (%[3]s) has no %[4]sport '%[5]s'"}
	undefinedActor  = kind{"WF0405", Error, "undefined actor '%[1]s'", "Undefined actor: '%[1]s'"}
	innerOutside    = kind{"WF0406", Error, "internal port '.%[1]s' outside component definition", "Internal port '.%[1]s' outside component definition"}
	passThrough     = kind{"WF0407", Error, "component inport connected directly to outport", "Component inport connected directly to outport."}
	repeatedLink    = kind{"WF0408", Error, "the link %[1]s is made twice", "Input port %[2]s with multiple connections must have a routing port property."}
	fanIn           = kind{"WF0409", Error, "input port %[1]s with multiple connections must have a routing port property", "Input port %[1]s with multiple connections must have a routing port property."}
	voidSource      = kind{"WF0410", Warning, "using 'void' as input to '%[1]s'", "Using 'void' as input to '%[1]s'"}
	noSuchPort      = kind{"WF0501", Error, "no such port '%[1]s'", "No such port."}
	needDirection   = kind{"WF0502", Error, "port property needs a direction: '%[1]s' is an in-port and an out-port", "Port property need direction since ambigious names"}
	wrongDirection  = kind{"WF0503", Error, "'%[1]s' is %[2]s, not %[3]s", "No such port."}
	unknownProperty = kind{"WF0504", Error, "port property %[1]s is unknown", "Port property %[1]s is unknown"}
	propertyValue   = kind{"WF0505", Error, "port property %[1]s can only have values %[2]s", "Port property %[1]s can only have values %[2]s"}
	propertySide    = kind{"WF0506", Error, "port property %[1]s=%[2]s is only for %[3]s ports", "Port property %[1]s=%[2]s is only for %[3]s ports"}
	propertyNumber  = kind{"WF0507", Error, "port property %[1]s can only have scalar values", "Port property %[1]s can only have scalar values"}
	propertyString  = kind{"WF0508", Error, "port property %[1]s can only have string values", "Port property %[1]s can only have string values"}
	conflict        = kind{"WF0509", Error, "can't handle conflicting properties without common alternatives: %[1]s of %[2]s", "Can't handle conflicting properties without common alternatives"}
	equalTags       = kind{"WF0510", Error, "two sources of %[1]s have the tag \"%[2]s\"", ""}
	propertyCount   = kind{"WF0511", Error, "port property %[1]s can only be a whole number from 1", "Port property %[1]s can only have scalar values"}
	unknownRule     = kind{"WF0601", Error, "unknown rule '%[1]s'", "Cannot expand rule '%[1]s'"}
	circularRule    = kind{"WF0602", Error, "rule '%[1]s' refers to itself: %[2]s", "Cannot expand rule '%[1]s'"}
	repeatedRule    = kind{"WF0603", Error, "rule '%[1]s' is defined twice", ""}
	repeatedGroup   = kind{"WF0604", Error, "group '%[1]s' is defined twice", ""}
	unknownTarget   = kind{"WF0605", Error, "undefined actor '%[2]s' in %[1]s", ""}
	repeatedApply   = kind{"WF0606", Error, "'%[1]s' has a rule already", ""}
	unknownPred     = kind{"WF0607", Error, "unknown predicate '%[1]s'", ""}
	unknownPredArg  = kind{"WF0608", Error, "predicate %[1]s has no argument '%[2]s'", ""}
	missingPredArg  = kind{"WF0609", Error, "predicate %[1]s is missing its argument '%[2]s'", ""}
	wrongPredArg    = kind{"WF0610", Error, "argument %[1]s of %[2]s: %[3]s", ""}
	circularGroup   = kind{"WF0611", Error, "group '%[1]s' contains itself: %[2]s", ""}
	groupIsActor    = kind{"WF0612", Error, "group '%[1]s' has the name of an actor", ""}
	badApp          = kind{"WF0704", Error, "'%[1]s' can't name an application", ""}
	tooDeep         = kind{"WF0701", Error, "nested more than %[1]d deep", "Syntax error."}
	tooLarge        = kind{"WF0702", Error, "%[1]s", ""}
	tooMany         = kind{"WF0703", Error, "more than %[1]d mistakes: the rest is not read", ""}
)

// at makes an issue of the kind in a file.
func (k kind) at(f *File, where Span, args ...any) Issue {
	i := Issue{Severity: k.severity, Code: k.code, File: f.name(where), Span: where, Msg: sprint(k.msg, args)}
	i.Reason = i.Msg
	if k.reason != "" {
		i.Reason = sprint(k.reason, args)
	}
	// Calvin's sentences begin with a capital.
	i.Reason = strings.ToUpper(i.Reason[:1]) + i.Reason[1:]
	return i
}

// sprint formats a text that may leave arguments out, which Sprintf would
// remark upon when the last one is among them.
func sprint(format string, args []any) string {
	used := 0
	for n := range args {
		if hasArg(format, n+1) {
			used = n + 1
		}
	}
	return fmt.Sprintf(format, args[:used]...)
}

func hasArg(format string, n int) bool {
	for i := 0; i+2 < len(format); i++ {
		if format[i] == '[' && format[i+1] == byte('0'+n) && format[i+2] == ']' {
			return true
		}
	}
	return false
}

// help adds what to write instead; "" adds nothing.
func (i Issue) help(format string, args ...any) Issue {
	if format != "" {
		i.Hint = fmt.Sprintf(format, args...)
	}
	return i
}

// see adds another place that matters.
func (i Issue) see(where Span, msg string) Issue {
	i.Related = append(i.Related, Related{Span: where, Msg: msg}) // settle names the file
	return i
}

// edit adds what does as the help says: text in the place of a span.
func (i Issue) edit(where Span, text string) Issue {
	i.Fix = append(i.Fix, Edit{where, text})
	return i
}
