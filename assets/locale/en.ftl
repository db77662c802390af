# Words of the interface in English; see `ru.ftl`.

app-name = Pult
region-name = Republic of Khakassia
wall-title = Pult · video wall
demo-mark = demonstration

# Time
month-of-1 = January
month-of-2 = February
month-of-3 = March
month-of-4 = April
month-of-5 = May
month-of-6 = June
month-of-7 = July
month-of-8 = August
month-of-9 = September
month-of-10 = October
month-of-11 = November
month-of-12 = December
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-short-7 = Sun
ago-now = just now
ago-minutes = { $n } min ago
ago-hours = { $n } h ago
ago-days = { $n } d ago
n-days-short = { $n } d
n-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
unit-points = pp
unit-minutes = min
unit-hours = h
unit-days = d

# Counts; `shown` is the number already grouped
n-incidents = { $n ->
    [one] { $shown } incident
   *[other] { $shown } incidents
}

# Navigation and top bar
nav-situation = Situation
nav-triage = Triage
nav-blocks = Sectors
nav-indicators = Indicators
nav-incidents = Incidents
nav-health = Health
nav-settings = Settings
search-hint = Search: text, number, address
search-label = Search
outbox-n = outbox { $n }
filter-all = all
filter-clear = Clear all
filter-remove = Remove: { $what }
filter-period = Period
filter-municipality = Municipality
filter-settlement = Settlement
filter-block = Sector
filter-topic = Topic
filter-body = Body
filter-regime = Regime
filter-source = Source
filter-status = Status
filter-text = Text
filter-overdue = Overdue
filter-unplaced = No coordinates
filter-more = More
municipality-unknown = not known
topic-none = no topic
body-none = not assigned
filter-n-chosen = { $n } chosen

# Periods
period-day = 24 hours
period-week = 7 days
period-four-weeks = 28 days
period-quarter = 13 weeks
period-year = 365 days
period-all = all time
period-previous-day = on the 24 hours before
period-previous-week = on the 7 days before
period-previous-four-weeks = on the 28 days before
period-previous-quarter = on the 13 weeks before
period-previous-year = on the 365 days before
period-previous-brushed = on the same span before it

# Connection and freshness
sync-not-configured = no server set
sync-connecting = connecting…
sync-first = first load: { $done } of { $total }
sync-online = online
sync-pulling = receiving…
sync-offline = offline
sync-refused = refused by the server
sync-updated = updated { $ago }
loading-board = reading the database: { $done } of { $total }
empty-no-data = No data yet
empty-no-match = Nothing matches the filter
empty-try-clear = Remove some of the conditions above

# KPI cards
kpi-received = Received
kpi-open = Open
kpi-overdue = Overdue
kpi-on-time = On time
kpi-open-note = without a deadline { $n }
kpi-week-change = over the week
note-n = n = { $n }
no-target = no target set

# Situation
map-title = Incident density
map-areas = Areas
map-heat = Heat
map-clusters = Groups
measure-received = Received
measure-per-thousand = Per 1,000 residents
measure-overdue-share = Overdue share
measure-change = Change
unplaced-n = no coordinates: { $n }
heat-unit = incidents per km² in the period, log scale
blocks-title = Sectors
column-block = Sector
column-new = New
column-open = Open
column-overdue = Overdue
column-on-time = On time
column-trend = 28 days
column-usual = Against before
changed-title = What changed
changed-period = in 24 hours
changed-usual = usually { $low }–{ $high }
changed-none = The last 24 hours are as usual
changed-short = Too little history to tell: at least 7 days are needed
due-title = Due soon
due-none = No deadlines within a day
timeline-title = Received by day
timeline-replay = replay
timeline-stop = stop

# Pages without data
vacant-opening = Opening the database
vacant-reading = Reading the database
vacant-progress = { $done } of { $total } incidents
vacant-connect = Connect to a server in Settings
vacant-server-empty = The server has no incidents yet

# Blocks
blocks-all = All sectors
blocks-chosen = Chosen sectors
open-and-new = open · { $n } new
word-overdue = overdue
word-on-time = on time
word-total = Total
overdue-n = { $n } overdue
topics-title = Topics
bodies-title = Bodies
crossing-title = Sectors and municipalities
crossing-legend = some are overdue
crossing-cell = { $municipality } · { $block }: { $received } received, { $open } open, { $overdue } overdue

# Map
map-label = Map
map-description = incidents in the period: { $n }, without coordinates: { $unplaced }
map-title-clusters = Incidents on the map
map-title-received = Incidents received
map-title-per-thousand = Incidents per 1,000 residents
map-title-overdue-share = Overdue share of open incidents
map-title-change = Change from the period before
map-unit-received = incidents in the period
map-unit-per-thousand = incidents per 1,000 residents in the period
map-unit-overdue-share = overdue share of open incidents
map-unit-change = against the same span before it
map-credits = © OpenStreetMap contributors, Rosstat, GSHHG, Natural Earth, GeoNames
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-zoom-home = Show the whole region
map-cluster-hint = click to come nearer
unit-kilometres = km
unit-metres = m

# Settings and the first connection
first-title = Connect your region
first-sentences = The program takes reports from the region’s feedback server and keeps them on this computer, so it works without a network too. The administrator of that server gives you its address and a token.
first-demo = No server? The command «pult demo» shows the program on made-up data.
connection-title = Connection
server-label = Server address
server-hint = https://feedback.example.ru
token-label = Token
token-hint = given by the administrator
token-note = The token is kept in the system’s keyring or, where there is none, in a file that only you can read.
connection-test = Test the connection
connection-connect = Connect
test-running = Testing the connection…
test-passed = Connected: { $region }
test-passed-more = role «{ $role }» · { $incidents } incidents on the server
test-failed = No connection could be made
look-title = Look
theme-label = Theme
theme-dark = Dark
theme-light = Light
language-label = Language
scale-label = Text size
network-title = Network
poll-label = Polling without an event stream
every-n-secs = every { $n } s
certificate-label = Root certificate
certificate-system = the system’s
proxy-label = Proxy
proxy-system = as in the system
network-note = These three lines are changed in the settings file pult.toml.

# Why a connection did not come about
reason-address = The server address is not right: it looks like https://name
reason-proxy = The proxy address in the settings is not right
reason-root-certificate = The root certificate file cannot be read
reason-tls = This computer cannot prepare a secure connection
reason-unreachable = The server does not answer: check the address and the network
reason-certificate = The server’s certificate is not trusted: name a root certificate in the settings
reason-timed-out = The server takes too long to answer
reason-cut = The server cut its answer short; it is tried again
reason-unauthorised = The token was not accepted: check it or ask for a new one
reason-forbidden = The token is accepted but has no right to this data
reason-cursor-expired = The server forgot our place: everything is read again
reason-not-offered = The server does not offer this
reason-busy = The server asks us to wait
reason-failed = The server has an error; it is tried again
reason-refused = The server did not accept the request
reason-web-page = There is a web page at this address, not a feedback server
reason-too-large = The server’s answer is larger than allowed
reason-malformed = The server’s answer is not pult-feedback/1
reason-protocol = The server speaks another version: an update is needed
reason-other-instance = This is another server: the database here belongs to the former one
reason-demo-mixed = Demonstration and real data are not mixed in one database
reason-disk-full = The disk is full
reason-store = The database on this computer takes no writes
reason-shrunk = The server gave less than it announced: nothing was removed here
reason-no-thread = The system lacks resources for synchronisation
reason-no-token = There is no token for this server: enter it in Settings

# Health
health-sync = Synchronisation
sync-phase = State
phase-not-configured = no server is set
phase-connecting = connecting
phase-first-sync = first load: { $done } of { $total }
phase-rereading = reading again: { $done } of { $total }
phase-up-to-date = everything is here
phase-offline = offline since { $since }
phase-refused = the server refused
phase-stopped = stopped
sync-server = Server
sync-role = Role and scope
scope-desk = all data
scope-wall = for the wall only
sync-confirmed = Confirmed
sync-way = How news arrives
sync-way-stream = event stream
sync-way-poll = polling every { $n } s
sync-lines = Lines received
sync-lines-value = { $stored } · { $rate } a second
sync-batches = Batches stored
sync-clock = Clock
sync-clock-right = agrees with the server
sync-clock-behind = { $by } behind the server
sync-clock-ahead = { $by } ahead of the server
sync-failures = Failures in a row
sync-next = Next attempt
sync-next-value = at { $time }, in { $secs } s
sync-outbox = Outbox
sync-epoch-changed = The server was restored from a backup: everything was read again
health-counts = Here and on the server
health-counts-value = { $here } of { $there }
health-sources = Sources: received
health-skipped = Left out while reading
health-skipped-none = Nothing was left out
health-database = Database
health-file = { $size } · schema { $schema }
health-searchable = Searchable
health-searchable-value = { $done } of { $total }
health-program = Program
health-board = Table in memory
health-board-ready = ready
health-errors = Errors since the start
health-folder = Data folder
health-log = Log
kind-incident = Incidents
kind-message = Messages
kind-event = Events
kind-body = Bodies
kind-topic = Topics
kind-municipality = Municipalities
kind-attachment = Attachments
kind-problem = Problems
kind-entry = Register entries
unit-kilobytes = kB
unit-megabytes = MB
unit-gigabytes = GB

# What was left out while reading from the server
skip-not-utf8 = A line is not UTF-8
skip-line-too-long = A line is longer than allowed
skip-not-json = A line is not JSON
skip-not-a-change = A line is neither a change nor the end of a batch
skip-bad-id = A change without a usable id
skip-bad-revision = A change without a usable revision
skip-no-data = A change without data
skip-bad-data = Data not as the contract says
skip-duplicate-field = A field stands twice
skip-bad-date = No usable date
skip-no-incident = No incident is named
skip-older-revision = A revision older than ours; ours was kept
skip-unknown-kind = An unknown kind; kept as it is
skip-unknown-event = An unknown event; kept as it is
skip-unknown-status = An unknown status; taken as new or closed
skip-unknown-regime = An unknown regime; taken as other
skip-unknown-source = An unknown source; taken as other
skip-unknown-block = An unknown block; taken as outside
skip-unknown-mark = An unknown mark; dropped
skip-unknown-municipality = An unusable municipality code; dropped
skip-date-dropped = An unusable date; dropped
skip-field-dropped = An unusable value; dropped
skip-extra-dropped = Unknown fields too large; dropped
skip-place-swapped = Latitude and longitude swapped; put right
skip-place-outside = A place outside the region; dropped
skip-place-not-a-number = A coordinate is no number; place dropped
skip-nul-stripped = NUL characters in a text; taken out

# Incident list
order-newest = Newest first
order-oldest = Oldest first
order-due = By deadline
order-best = Best match
list-loading = Making the list
list-scroll = Scrolling of the list
list-received = Received
list-number = No.
list-topic = Topic, sector
list-place = Place
list-summary = Summary
list-body = Body
list-status = Status
list-due = Deadline
list-source = Source
due-not-set = no deadline set
due-over = overdue { $time }
due-left = { $time } left
due-done = closed { $date }
due-done-late = closed { $date }, late

# One incident
details-close = Close
details-assignee = Responsible
details-registered = Registered
details-deadline = To the deadline
details-due-source = Deadline from
due-source-server = the server
due-source-policy = a rule
due-source-hand = set by hand
details-rating = Rating
details-rating-value = { $n } of 5
details-merged = Merged into
details-marks = Marks
mark-urgent = urgent
mark-high = high priority
mark-resonance = resonance
mark-conflict = conflict
mark-communication-error = communication error
mark-returned = was returned
mark-reopened = was reopened
details-messages = Messages
details-messages-none = Texts of messages are not sent here
details-events = Events
event-unknown = unknown event
event-created = received
event-registered = registered
event-taken = taken
event-assigned = assigned
event-forwarded = forwarded
event-classified = topic set
event-placed = place set
event-prioritised = priority changed
event-marked = mark set
event-extended = deadline extended
event-interim-answered = interim answer
event-submitted = answer submitted
event-approved = answer approved
event-returned = returned
event-postponed = postponed
event-resumed = resumed
event-rejected = rejected
event-merged = merged
event-unmerged = unmerged
event-split = split
event-commented = comment
event-closed = closed
event-reopened = reopened
event-rated = rated
event-quality-checked = quality checked

# Indicators
how-counted = How it is counted
word-closed = Closed
flow-title = Received and closed by day
how-flow = Received: incidents that came on the day. Closed: incidents closed on the day, whenever they came. Today is not over and not shown. Rejected and merged ones are not counted.
stock-title = Open and overdue by day
how-stock = At the end of each day: how many incidents were waiting for an answer, and how many of them were past their deadline. Without a deadline nothing is overdue.
on-time-title = On time, moving 7 days
how-on-time = Closed on time in 7 days ÷ (closed in 7 days + open and overdue at the end of the day). What is closed without a deadline counts as on time.
week-title = By weekday and hour
how-week = Received in the period by local weekday and hour (Krasnoyarsk time, UTC+7). Colours step with the square root of the count, so that small cells can be told apart.
week-cell = { $weekday }, { $from }–{ $to } h: { $n } received
sources-title = By source
how-sources = Received in the period by system or channel. A source chosen in the filter does not act on this list, so that the others stay visible.
regimes-title = By regime
how-regimes = Received in the period by regime of consideration. A regime chosen in the filter does not act on this list.
statuses-title = By status
how-statuses = Received in the period by their present status. Rejected and merged ones are shown here and stay out of all other figures.
durations-title = How long it takes
how-durations = Median: half of the incidents take no longer. 90th percentile: nine of ten take no longer. Time runs on through weekends; the bounds of the bucket that holds the value are shown. To the answer: received in the period; to the close: closed in the period.
durations-none = Nothing was closed in the period
column-median = median
column-p90 = 90th pct.
column-n = n
to-first-answer = To the first answer
to-close = To the close
to-close-by-municipality = To the close by municipality, slowest first
first-answer-median = First answer, median
how-first-answer-short = from receipt, weekends included
p90-and-n = 90 %: { $p90 } · n = { $n }
ratings-title = Citizens’ rating
how-ratings = Mean of the ratings 1 to 5 of what was received in the period. Response rate: rated ÷ all received.
ratings-none = No ratings in the period
ratings-of-five = of 5
ratings-rate = { $rated } of { $received } were rated ({ $share })
ratings-silence = The others gave no rating: that is not «dissatisfied»

# Commands of the menu and palette
command-situation = Open “Situation”
command-triage = Open “Triage”
command-blocks = Open “Sectors”
command-indicators = Open “Indicators”
command-incidents = Open the incident list
command-health = Open “Health”
command-settings = Open “Settings”
command-period-day = Period: 24 hours
command-period-week = Period: 7 days
command-period-four-weeks = Period: 28 days
command-period-quarter = Period: 13 weeks
command-period-year = Period: 365 days
command-period-all = Period: all time
command-clear-filter = Clear the filter
command-search = Go to search
command-overdue-only = Overdue only
command-unplaced-only = Without coordinates only
command-map-areas = Map: areas
command-map-heat = Map: heat
command-map-clusters = Map: groups
command-show-region = Show the whole region
command-replay = Replay by day
command-sync-now = Update now
command-save-picture = Save picture…
command-export-list = Export list…
command-theme-dark = Dark theme
command-theme-light = Light theme
command-palette = All commands
command-help = Keyboard help
command-undo = Undo the last action
command-quit = Quit
palette-hint = Find a command

# File of the exported list
export-number = number
export-received = received
export-due = due
export-closed = closed
export-status = status
export-block = sector
export-topic = topic
export-municipality = municipality
export-settlement = settlement
export-body = body
export-source = source
export-regime = regime
export-summary = summary
export-demo = DEMONSTRATION: made-up data

# Notices
notice-board-failed = The database could not be read: { $detail }
notice-action-failed = The action was not written down: { $detail }
notice-action-refused = The rules of moves do not allow the action, incidents: { $detail }
notice-picture-saved = Picture saved: { $detail }
notice-picture-failed = Picture not saved: { $detail }
notice-list-saved = List exported: { $detail }
notice-list-failed = List not exported: { $detail }
notice-settings-failed = Settings not saved: { $detail }
notice-token-in-file = No keyring runs here; the token lies in a file that only its owner can read: { $detail }
notice-token-not-kept = The token was not kept and must be typed again after a restart: { $detail }

# Wall
wall-scene-of = { $n } of { $of }
wall-loading = reading the database…
wall-data-at = data as of { $at }
wall-open = open
wall-new = new
wall-overdue = overdue
wall-on-time = on time
wall-overdue-now = Overdue now
wall-of-open = open { $n }
wall-kpi-title = How the region copes
wall-closed = Closed
wall-rating = Mean rating of 5
wall-rated = rated { $n } of { $of }
wall-municipalities = Municipalities: received, overdue
wall-hours = Received by weekday and hour

## Triage

triage-queue = Queue
triage-empty = Nothing here
triage-empty-advice = No incident of this section is open
triage-no-card = No incident is chosen
triage-no-card-advice = J and K move down and up the queue
section-new = New
section-mine = Mine
section-due-soon = Due soon
section-overdue = Overdue
section-approval = For approval
section-returned = Returned
section-all = All open
