package corpus

import "strings"

// The words of names and comments. They are of trade, weather and craft, so that none is a word of a rule.
var (
	nouns = strings.Fields(`
		parcel invoice harbor orchard ledger voyage pallet timber meadow lantern quarry bridge garden castle market
		vessel anchor barrel basket blanket border bottle branch bucket button cabin candle canvas carpet cattle
		cellar chapel cherry circle clover copper corner cotton cradle creek crystal curtain dairy desert dragon eagle
		engine fabric falcon farmer feather fence ferry flower forest fountain furnace galaxy glacier grain granite
		gravel hammer harvest hedge helmet hollow honey island jacket journey kettle kitchen ladder lagoon lemon
		linen locket magnet maple marble mason melody mirror monsoon mountain needle nickel oatmeal ocean olive onion
		orbit oyster paddle palace parlor pasture pebble pepper piano pillar planet plaza plough pocket portal prairie
		puzzle rabbit rafter ribbon ridge river rocket saddle sailor salmon satin season shelter shovel signal silver
		sleeve spindle spring stable station steeple stone stream summit sunset tailor tavern temple thicket thunder
		ticket tower tractor trail tunnel turnip valley velvet village vineyard violet wagon walnut weather wheel
		willow window winter wonder yarrow zephyr fare tariff quota berth cargo depot fleet route shift roster wage
		rebate coupon refund margin premium balance budget forecast sample ratio vector matrix polygon segment lattice
		calendar holiday quarter season cohort locale glyph palette gradient contour ripple tempo chord verse stanza`)
	adjectives = strings.Fields(`
		amber ancient annual arid autumn bitter bold bright brisk broad calm casual central clear coastal common
		complete crisp curved daily damp deep dense distant double dusty early eastern eager equal faint fair final
		firm flat fleet formal fresh frozen gentle giant golden grand green half hazy heavy hidden humble inner
		joint keen large late latest lazy light linear little local lone loose lower lucky lunar major mellow mild
		minor misty modest monthly narrow neat nested noble northern odd open outer pale partial patient plain
		polished polite primary proper prompt quick quiet rapid rare regular rough round royal rural rustic second
		shallow sharp short silent simple single sleepy slender slow small smooth sober soft solar solid southern
		sparse spare square stable stark steady steep stout strict sturdy subtle sunny sweet swift tall tender thick
		tidy tiny total urban usual valid vast warm weekly western whole wide wild windy wise wooden yearly young`)
	verbs = strings.Fields(`
		add adjust align allocate apply arrange assign attach balance blend bound build calculate carry chart clamp
		collect combine compare compose convert count crop cut declare derive describe divide draw drop enlist ensure
		estimate expand fill fold gather group grow halve hold insert invert join label lift link list locate mark
		measure merge mix move normalise note order outline pack pair pick place plan polish print project prune
		rank read reckon reduce refine release remove rename repair replace resolve rest restore reverse roll rotate
		round scale score settle shape share shift show shrink skip slice smooth sort split spread stack store
		stretch sum swap tally tidy trace track trim tune turn unfold update vary visit weigh widen wrap`)
	roles = strings.Fields(`
		list set table group plan count total index limit range level state store factory builder planner report
		summary entry record option rule policy series window bucket node edge graph queue batch page card draft
		view panel registry ledger journal catalogue schedule layout scale weight price rate share step stage`)
	prepositions = strings.Fields(`with from into before after for without under over between beside near`)
)
