package script

import (
	"fmt"
	"strings"
)

// A mistake is one kind of issue. Codes are stable: a kind that goes keeps its
// number, a new one gets the next.
type mistake struct {
	code     string
	severity Severity
	msg      string // format: what is wrong, in our words
	reason   string // format over the same arguments: Calvin's words; "": msg
}

// The kinds of issue: 01 text, 02 constants and components, 03 actors, 04
// links, 05 port properties, 06 deployment rules, 07 limits.
var (
	badCharacter    = mistake{"WF0101", Error, "illegal character '%[1]s'", "Illegal character '%[1]s'"}
	openString      = mistake{"WF0102", Error, "string without its closing quote", "Illegal character '\"'"}
	openComment     = mistake{"WF0103", Error, "comment without its closing */", "Illegal character '/'"}
	openDoc         = mistake{"WF0104", Error, "docstring without its closing quotes", "Illegal character '\"'"}
	badString       = mistake{"WF0105", Error, "%[1]s", ""}
	badNumber       = mistake{"WF0106", Error, "number %[1]s can't be read", "Syntax error."}
	unexpected      = mistake{"WF0107", Error, "%[1]s where %[2]s should stand", "Syntax error."}
	unexpectedEnd   = mistake{"WF0108", Error, "the script ends where %[1]s should stand", "Unexpected end of file."}
	badDirection    = mistake{"WF0109", Error, "invalid direction '%[1]s'", "Invalid direction (%[1]s)."}
	pointless       = mistake{"WF0110", Error, "a link from voidport to voidport does nothing", "Pointless construct."}
	outOfOrder      = mistake{"WF0111", Error, "%[1]s after %[2]s", "Syntax error."}
	missingClose    = mistake{"WF0112", Error, "%[1]s is missing here", "Syntax error."}
	emptyComponent  = mistake{"WF0114", Error, "component '%[1]s' has no statement", "Syntax error."}
	misplaced       = mistake{"WF0115", Error, "%[1]s can't stand in %[2]s", "Syntax error."}
	chained         = mistake{"WF0116", Error, "a link has one source and ends at its targets", "Syntax error."}
	voidMixed       = mistake{"WF0117", Error, "voidport %[1]s", "Syntax error."}
	unusedTag       = mistake{"WF0118", Warning, "the tag before a port means nothing", ""}
	repeatedKey     = mistake{"WF0119", Warning, "key \"%[1]s\" stands twice; the last one counts", ""}
	noStatement     = mistake{"WF0120", Error, "'%[1]s' begins no statement", "Syntax error."}
	missingInclude  = mistake{"WF0121", Error, "could not find file %[1]s.calvin", "Could not find file %[1]s.calvin."}
	circularInclude = mistake{"WF0122", Error, "file %[1]s includes itself: %[2]s", ""}
	badInclude      = mistake{"WF0123", Error, "%[1]s can't name a file to include", "Could not find file %[1]s.calvin."}
	unreadInclude   = mistake{"WF0124", Error, "could not read file %[1]s: %[2]s", "Could not read file %[1]s."}
	emptyBlock      = mistake{"WF0125", Error, "%[1]s has no statement", "Syntax error."}
	badSeconds      = mistake{"WF0126", Error, "after goes forward in time, not by %[1]s s", "Syntax error."}
	circularConst   = mistake{"WF0201", Error, "constant '%[1]s' has a circular reference", "Constant '%[1]s' has a circular reference"}
	undefinedConst  = mistake{"WF0202", Error, "constant '%[1]s' is undefined", "Constant '%[1]s' is undefined"}
	undefinedName   = mistake{"WF0203", Error, "undefined identifier '%[1]s'", "Undefined identifier: '%[1]s'"}
	repeatedConst   = mistake{"WF0204", Error, "constant '%[1]s' is defined twice", ""}
	repeatedComp    = mistake{"WF0205", Error, "component '%[1]s' is defined twice", ""}
	circularComp    = mistake{"WF0206", Error, "component '%[1]s' contains itself: %[2]s", ""}
	hiddenComp      = mistake{"WF0207", Warning, "component '%[1]s' is never used: there is an actor type of that name", ""}
	repeatedName    = mistake{"WF0208", Error, "%[1]s '%[2]s' is named twice", ""}
	unusedParam     = mistake{"WF0209", Error, "unused argument '%[1]s'", "Unused argument: '%[1]s'"}
	badSum          = mistake{"WF0210", Error, "%[1]s and %[2]s can't be added", ""}
	notDict         = mistake{"WF0211", Error, "'%[1]s' is %[2]s, not a dictionary", ""}
	noField         = mistake{"WF0212", Error, "'%[1]s' has no field '%[2]s'", ""}
	unknownGiven    = mistake{"WF0213", Error, "the script has no constant '%[1]s' to be given a value", "Undefined identifier: '%[1]s'"}
	unusedConst     = mistake{"WF0214", Warning, "constant '%[1]s' is never used", ""}
	notList         = mistake{"WF0215", Error, "for goes over a list, not %[1]s", ""}
	emptyLoop       = mistake{"WF0216", Warning, "the list of for has no elements, so nothing is made", ""}
	unknownType     = mistake{"WF0301", Error, "unknown actor type '%[1]s'", "Unknown actor type: '%[1]s'"}
	missingComp     = mistake{"WF0302", Error, "missing local component definition '%[1]s'", "Missing local component definition: '%[1]s'"}
	missingArg      = mistake{"WF0303", Error, "missing argument '%[1]s'", "Missing argument: '%[1]s'"}
	excessArg       = mistake{"WF0304", Error, "excess argument '%[1]s'", "Excess argument: '%[1]s'"}
	repeatedArg     = mistake{"WF0305", Error, "duplicated argument '%[1]s'", "Duplicated argument: '%[1]s'"}
	repeatedActor   = mistake{"WF0306", Error, "instance identifier '%[1]s' redeclared", "Instance identifier '%[1]s' redeclared"}
	wrongArg        = mistake{"WF0307", Error, "argument '%[1]s' %[2]s", ""}
	defaultArg      = mistake{"WF0308", Note, "using default value for implicit parameter '%[1]s'", "Using default value for implicit parameter '%[1]s'"}
	madeTwice       = mistake{"WF0309", Error, "'%[1]s' is made twice", "Instance identifier '%[1]s' redeclared"}
	refusedArgs     = mistake{"WF0310", Error, "%[1]s does not take its arguments: %[2]v", ""}
	missingLink     = mistake{"WF0401", Error, "%[1]s %[2]s (%[3]s) is missing connection to %[4]sport '%[5]s'", "%[1]s %[2]s (%[3]s) is missing connection to %[4]sport '%[5]s'"}
	missingInner    = mistake{"WF0402", Error, "component %[1]s is missing connection to %[2]sport '%[3]s'", "Component %[1]s is missing connection to %[2]sport '%[3]s'"}
	noInnerPort     = mistake{"WF0403", Error, "component %[1]s has no %[2]sport '%[3]s'", "Component %[1]s has no %[2]sport '%[3]s'"}
	noPort          = mistake{"WF0404", Error, "%[1]s %[2]s (%[3]s) has no %[4]sport '%[5]s'", "%[1]s %[2]s (%[3]s) has no %[4]sport '%[5]s'"}
	undefinedActor  = mistake{"WF0405", Error, "undefined actor '%[1]s'", "Undefined actor: '%[1]s'"}
	innerOutside    = mistake{"WF0406", Error, "internal port '.%[1]s' outside component definition", "Internal port '.%[1]s' outside component definition"}
	passThrough     = mistake{"WF0407", Error, "component inport connected directly to outport", "Component inport connected directly to outport."}
	repeatedLink    = mistake{"WF0408", Error, "the link %[1]s is made twice", "Input port %[2]s with multiple connections must have a routing port property."}
	fanIn           = mistake{"WF0409", Error, "input port %[1]s with multiple connections must have a routing port property", "Input port %[2]s with multiple connections must have a routing port property."}
	voidSource      = mistake{"WF0410", Warning, "using 'void' as input to '%[1]s'", "Using 'void' as input to '%[1]s'"}
	deadlock        = mistake{"WF0411", Warning, "nothing starts the loop %[1]s: each waits for the one before", ""}
	neverFires      = mistake{"WF0412", Warning, "'%[1]s' can never fire: no source leads to it", ""}
	kindClash       = mistake{"WF0413", Error, "the link carries %[2]s from %[1]s, but %[3]s takes %[4]s: %[5]s", ""}
	notTokens       = mistake{"WF0414", Error, "a test's tokens are a list, not %[1]s", ""}
	badToken        = mistake{"WF0415", Error, "this can't be a token: %[1]v", ""}
	wrongToken      = mistake{"WF0416", Error, "the port %[1]s takes %[2]s: %[3]s", ""}
	noSuchPort      = mistake{"WF0501", Error, "no such port '%[1]s'", "No such port."}
	needDirection   = mistake{"WF0502", Error, "port property needs a direction: '%[1]s' is an in-port and an out-port", "Port property need direction since ambigious names"}
	wrongDirection  = mistake{"WF0503", Error, "'%[1]s' is %[2]s, not %[3]s", "No such port."}
	unknownProperty = mistake{"WF0504", Error, "port property %[1]s is unknown", "Port property %[1]s is unknown"}
	propertyValue   = mistake{"WF0505", Error, "port property %[1]s can only have values %[2]s", "Port property %[1]s can only have values %[2]s"}
	propertySide    = mistake{"WF0506", Error, "port property %[1]s=%[2]s is only for %[3]s ports", "Port property %[1]s=%[2]s is only for %[3]s ports"}
	propertyNumber  = mistake{"WF0507", Error, "port property %[1]s can only have scalar values", "Port property %[1]s can only have scalar values"}
	propertyString  = mistake{"WF0508", Error, "port property %[1]s can only have string values", "Port property %[1]s can only have string values"}
	conflict        = mistake{"WF0509", Error, "can't handle conflicting properties without common alternatives: %[1]s of %[2]s", "Can't handle conflicting properties without common alternatives"}
	equalTags       = mistake{"WF0510", Error, "two sources of %[1]s have the tag \"%[2]s\"", ""}
	propertyCount   = mistake{"WF0511", Error, "port property %[1]s can only be a whole number from 1", "Port property %[1]s can only have scalar values"}
	idleProperty    = mistake{"WF0512", Error, "no link uses the port '%[1]s'", "No such port."}
	diskOnly        = mistake{"WF0513", Error, "port property %[1]s is for queue=\"disk\" only", ""}
	diskBalanced    = mistake{"WF0514", Error, "%[1]s shares out by room, and the queue on disk before %[2]s always has room", ""}
	diskEndless     = mistake{"WF0515", Error, "%[1]s gives the same token for ever, and would fill the queue on disk", ""}
	unknownRule     = mistake{"WF0601", Error, "unknown rule '%[1]s'", "Cannot expand rule '%[2]s'"}
	circularRule    = mistake{"WF0602", Error, "rule '%[1]s' refers to itself: %[2]s", "Cannot expand rule '%[1]s'"}
	repeatedRule    = mistake{"WF0603", Error, "rule '%[1]s' is defined twice", ""}
	repeatedGroup   = mistake{"WF0604", Error, "group '%[1]s' is defined twice", ""}
	unknownTarget   = mistake{"WF0605", Error, "undefined actor '%[2]s' in %[1]s", ""}
	repeatedApply   = mistake{"WF0606", Error, "'%[1]s' has a rule already", ""}
	unknownPred     = mistake{"WF0607", Error, "unknown predicate '%[1]s'", ""}
	unknownPredArg  = mistake{"WF0608", Error, "predicate %[1]s has no argument '%[2]s'", ""}
	missingPredArg  = mistake{"WF0609", Error, "predicate %[1]s is missing its argument '%[2]s'", ""}
	wrongPredArg    = mistake{"WF0610", Error, "argument %[1]s of %[2]s: %[3]s", ""}
	circularGroup   = mistake{"WF0611", Error, "group '%[1]s' contains itself: %[2]s", ""}
	groupIsActor    = mistake{"WF0612", Error, "group '%[1]s' has the name of an actor", ""}
	onlyAnd         = mistake{"WF0613", Error, "%[1]s can't stand beside | or behind ~", ""}
	scaledTwice     = mistake{"WF0614", Error, "%[1]s stands beside %[2]s: a rule has one scaling", ""}
	scaledType      = mistake{"WF0615", Error, "'%[1]s' can't have replicas by %[2]s: %[3]s", ""}
	scaledRoute     = mistake{"WF0616", Error, "'%[1]s' has replicas by %[2]s, but %[3]s does not share its tokens out among them", ""}
	scaledFanIn     = mistake{"WF0617", Error, "'%[1]s' has replicas by %[2]s, but %[3]s %[4]s", ""}
	nearScaled      = mistake{"WF0618", Error, "nothing can be near '%[1]s': it has replicas by %[2]s", ""}
	badApp          = mistake{"WF0704", Error, "'%[1]s' can't name an application", ""}
	tooDeep         = mistake{"WF0701", Error, "nested more than %[1]d deep", "Syntax error."}
	tooLarge        = mistake{"WF0702", Error, "%[1]s", ""}
	tooMany         = mistake{"WF0703", Error, "more than %[1]d mistakes: the rest is not read", ""}
)

// at makes an issue of the kind, in a file.
func (m mistake) at(f *File, where Span, args ...any) Issue {
	i := Issue{Severity: m.severity, Code: m.code, File: f.name(where), Span: where, Msg: sprint(m.msg, args)}
	i.Reason = i.Msg
	if m.reason != "" {
		i.Reason = sprint(m.reason, args)
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

// about keeps the name of the type that is missing.
func (i Issue) about(name string) Issue {
	i.subject = name
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
