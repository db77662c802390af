# Words of the interface in Russian. `en.ftl` has the same keys in the same
# order. Keys are grouped by where they are shown.

app-name = Пульт ЦУР
region-name = Республика Хакасия
wall-title = Пульт ЦУР · видеостена
demo-mark = демонстрация

# Time
month-of-1 = января
month-of-2 = февраля
month-of-3 = марта
month-of-4 = апреля
month-of-5 = мая
month-of-6 = июня
month-of-7 = июля
month-of-8 = августа
month-of-9 = сентября
month-of-10 = октября
month-of-11 = ноября
month-of-12 = декабря
month-1 = янв
month-2 = фев
month-3 = мар
month-4 = апр
month-5 = май
month-6 = июн
month-7 = июл
month-8 = авг
month-9 = сен
month-10 = окт
month-11 = ноя
month-12 = дек
weekday-1 = понедельник
weekday-2 = вторник
weekday-3 = среда
weekday-4 = четверг
weekday-5 = пятница
weekday-6 = суббота
weekday-7 = воскресенье
weekday-short-1 = пн
weekday-short-2 = вт
weekday-short-3 = ср
weekday-short-4 = чт
weekday-short-5 = пт
weekday-short-6 = сб
weekday-short-7 = вс
ago-now = только что
ago-minutes = { $n } мин назад
ago-hours = { $n } ч назад
ago-days = { $n } сут назад
n-days-short = { $n } сут
n-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}
unit-points = п.п.
unit-minutes = мин
unit-hours = ч
unit-days = сут

# Counts; `shown` is the number already grouped
n-incidents = { $n ->
    [one] { $shown } инцидент
    [few] { $shown } инцидента
   *[other] { $shown } инцидентов
}

# Navigation and top bar
nav-situation = Обстановка
nav-triage = Разбор
nav-blocks = Блоки
nav-indicators = Показатели
nav-incidents = Инциденты
nav-health = Состояние
nav-settings = Настройки
search-hint = Поиск: текст, номер, адрес
search-label = Поиск
outbox-n = исходящих { $n }
filter-all = все
filter-clear = Сбросить всё
filter-remove = Убрать: { $what }
filter-period = Период
filter-municipality = Муниципалитет
filter-settlement = Населённый пункт
filter-block = Блок
filter-topic = Тема
filter-body = Орган
filter-regime = Порядок
filter-source = Источник
filter-status = Статус
filter-text = Текст
filter-overdue = Просрочено
filter-unplaced = Без координат
filter-more = Ещё
municipality-unknown = не указан
topic-none = без темы
body-none = не назначен
filter-n-chosen = { $n } выбрано

# Periods
period-day = 24 часа
period-week = 7 дней
period-four-weeks = 28 дней
period-quarter = 13 недель
period-year = 365 дней
period-all = за всё время
period-previous-day = к прошлым 24 часам
period-previous-week = к прошлым 7 дням
period-previous-four-weeks = к прошлым 28 дням
period-previous-quarter = к прошлым 13 неделям
period-previous-year = к прошлым 365 дням
period-previous-brushed = к такому же периоду до него

# Connection and freshness
sync-not-configured = сервер не указан
sync-connecting = подключение…
sync-first = первая загрузка: { $done } из { $total }
sync-online = на связи
sync-pulling = получение…
sync-offline = нет связи
sync-refused = сервер отказал
sync-updated = обновлено { $ago }
loading-board = чтение базы: { $done } из { $total }
loading-kept = показано на { $at } · чтение базы: { $share }
empty-no-data = Пока нет данных
empty-no-match = Под выбранный фильтр ничего не попало
empty-try-clear = Уберите часть условий в строке сверху

# KPI cards
kpi-received = Поступило
kpi-open = Открыто
kpi-overdue = Просрочено
kpi-on-time = В срок
kpi-open-note = из них без срока { $n }
kpi-week-change = за неделю
note-n = n = { $n }
no-target = цель не задана

# Situation
map-title = Плотность инцидентов
map-areas = Районы
map-heat = Тепло
map-clusters = Группы
measure-received = Поступило
measure-per-thousand = На 1 000 жителей
measure-overdue-share = Доля просроченных
measure-change = Изменение
unplaced-n = без координат: { $n }
heat-unit = инцидентов на км² за период, логарифмическая шкала
blocks-title = Отраслевые блоки
column-block = Блок
column-new = Новых
column-open = Открыто
column-overdue = Просрочено
column-on-time = В срок
column-trend = 28 дней
column-usual = К прошлым
changed-title = Что изменилось
changed-period = за 24 часа
changed-usual = обычно { $low }–{ $high }
changed-none = За последние 24 часа — как обычно
changed-short = Мало истории, чтобы судить: нужно не меньше 7 суток
due-title = Скоро срок
due-none = В ближайшие сутки сроков нет
timeline-title = Поступило по дням
timeline-replay = повтор
timeline-stop = стоп

# Pages without data
vacant-opening = Открываем базу
vacant-reading = Читаем базу
vacant-progress = { $done } из { $total } инцидентов
vacant-connect = Подключите сервер в «Настройках»
vacant-server-empty = На сервере пока нет ни одного инцидента

# Blocks
blocks-all = Все блоки
blocks-chosen = Выбранные блоки
open-and-new = открыто · новых { $n }
word-overdue = просрочено
word-on-time = в срок
word-total = Всего
overdue-n = просрочено { $n }
topics-title = Темы
bodies-title = Органы
crossing-title = Блоки и муниципалитеты
crossing-legend = есть просроченные
crossing-cell = { $municipality } · { $block }: поступило { $received }, открыто { $open }, просрочено { $overdue }

# Map
map-label = Карта
map-description = инцидентов за период: { $n }, из них без координат: { $unplaced }
map-title-clusters = Инциденты на карте
map-title-received = Поступило инцидентов
map-title-per-thousand = Инцидентов на 1 000 жителей
map-title-overdue-share = Доля просроченных среди открытых
map-title-change = Изменение к прошлому периоду
map-unit-received = инцидентов за период
map-unit-per-thousand = инцидентов на 1 000 жителей за период
map-unit-overdue-share = доля просроченных среди открытых
map-unit-change = к такому же периоду до него
map-credits = © участники OpenStreetMap, Росстат, GSHHG, Natural Earth, GeoNames
map-zoom-in = Приблизить
map-zoom-out = Отдалить
map-zoom-home = Показать весь регион
map-cluster-hint = щелчок приближает
unit-kilometres = км
unit-metres = м

# Settings and the first connection
first-title = Подключите свой регион
first-sentences = Программа берёт обращения с сервера обратной связи региона и хранит их на этом компьютере, поэтому работает и без сети. Адрес и токен даёт администратор этого сервера.
first-demo = Нет сервера? Команда «pult demo» покажет программу на выдуманных данных.
connection-title = Подключение
server-label = Адрес сервера
server-hint = https://feedback.example.ru
token-label = Токен
token-hint = выдан администратором
token-note = Токен хранится в связке ключей системы, а если её нет — в файле, доступном только вам.
connection-test = Проверить соединение
connection-connect = Подключить
test-running = Проверяем соединение…
test-passed = Связь есть: { $region }
test-passed-more = роль «{ $role }» · инцидентов на сервере { $incidents }
test-failed = Соединиться не удалось
look-title = Вид
theme-label = Тема
theme-dark = Тёмная
theme-light = Светлая
language-label = Язык
scale-label = Размер текста
network-title = Сеть
poll-label = Опрос сервера без потока событий, секунд между запросами
certificate-label = Корневой сертификат
certificate-hint = файл PEM; пусто — только сертификаты системы
certificate-choose = Выбрать сертификат…
proxy-label = Прокси
proxy-hint = http://имя:порт; пусто — как в системе
network-save = Сохранить
network-checking = Проверяем…
network-kept = Сохранено, связь устанавливается заново
network-poll-secs = Между запросами может быть целое число секунд от { $least } до { $most }

# Why a connection did not come about
reason-address = Адрес сервера написан неверно: нужен вид https://имя
reason-proxy = Адрес прокси в настройках написан неверно
reason-root-certificate = Файл корневого сертификата не читается
reason-tls = На этом компьютере не удаётся подготовить защищённое соединение
reason-unreachable = Сервер не отвечает: проверьте адрес и сеть
reason-certificate = Сертификату сервера нельзя доверять: укажите корневой сертификат в настройках
reason-timed-out = Сервер отвечает слишком долго
reason-cut = Сервер оборвал ответ; попробуем ещё раз
reason-unauthorised = Токен не принят: проверьте его или попросите новый
reason-forbidden = Токен принят, но прав на эти данные у него нет
reason-cursor-expired = Сервер забыл наше место: читаем всё заново
reason-not-offered = Сервер не предоставляет этого
reason-busy = Сервер просит подождать
reason-failed = На сервере ошибка; попробуем ещё раз
reason-refused = Сервер не принял запрос
reason-web-page = По этому адресу веб-страница, а не сервер обратной связи
reason-too-large = Ответ сервера больше допустимого
reason-malformed = Ответ сервера не по договору pult-feedback/1
reason-protocol = У сервера другая версия договора: нужно обновление
reason-other-instance = Это другой сервер: база на этом компьютере привязана к прежнему
reason-demo-mixed = Демонстрация и настоящие данные в одной базе не смешиваются
reason-disk-full = На диске кончилось место
reason-read-only = Папку данных нельзя изменять: показано то, что в ней есть
reason-store = База на этом компьютере не принимает записи
reason-shrunk = Сервер отдал меньше, чем обещал: здесь ничего не удалено
reason-no-thread = Системе не хватило ресурсов для синхронизации
reason-no-token = Нет токена для этого сервера: введите его в «Настройках»

# Health
health-sync = Синхронизация
sync-phase = Состояние
phase-not-configured = сервер не указан
phase-connecting = подключение
phase-first-sync = первая загрузка: { $done } из { $total }
phase-rereading = чтение заново: { $done } из { $total }
phase-up-to-date = всё получено
phase-offline = нет связи с { $since }
phase-refused = сервер отказал
phase-stopped = остановлена
sync-server = Сервер
sync-role = Роль и область
scope-desk = все данные
scope-wall = только для стены
sync-confirmed = Подтверждено
sync-way = Как узнаём о новом
sync-way-stream = поток событий
sync-way-poll = опрос раз в { $n } с
sync-lines = Строк получено
sync-lines-value = { $stored } · { $rate } в секунду
sync-batches = Пачек записано
sync-clock = Часы
sync-clock-right = сходятся с сервером
sync-clock-behind = отстают от сервера на { $by }
sync-clock-ahead = спешат против сервера на { $by }
sync-failures = Неудач подряд
sync-next = Следующая попытка
sync-next-value = в { $time }, через { $secs } с
sync-outbox = Исходящих
sync-epoch-changed = Сервер восстановлен из копии: всё прочитано заново
health-counts = Здесь и на сервере
health-counts-value = { $here } из { $there }
health-sources = Источники: поступило и последнее
health-source-value = { $n } · { $at }
health-skipped = Пропущено при получении
health-skipped-none = Ничего не пропущено
health-database = База
health-file = { $size } · схема { $schema }
health-searchable = Доступно поиску
health-searchable-value = { $done } из { $total }
health-program = Программа
health-board = Таблица в памяти
health-board-ready = готова
health-board-rows = Инцидентов в таблице
health-board-memory = Память таблицы
health-board-memory-value = { $size } · { $row } Б на инцидент
health-errors = Ошибок с запуска
health-warnings = Предупреждений с запуска
health-folder = Папка данных
health-log = Журнал
health-log-size = Размер журнала
kind-incident = Инциденты
kind-message = Обращения
kind-event = События
kind-body = Органы
kind-topic = Темы
kind-municipality = Муниципалитеты
kind-attachment = Вложения
kind-problem = Проблемы
kind-entry = Записи реестров
unit-kilobytes = КБ
unit-megabytes = МБ
unit-gigabytes = ГБ

# What was left out while reading from the server
skip-not-utf8 = Строка не в UTF-8
skip-line-too-long = Строка длиннее допустимого
skip-not-json = Строка не JSON
skip-not-a-change = Строка не изменение и не конец пачки
skip-bad-id = Изменение без пригодного номера
skip-bad-revision = Изменение без пригодной ревизии
skip-no-data = Изменение без данных
skip-bad-data = Данные не по договору
skip-duplicate-field = Поле названо дважды
skip-bad-date = Нет пригодной даты
skip-no-incident = Не назван инцидент
skip-older-revision = Ревизия старше нашей; оставлена наша
skip-unknown-kind = Неизвестный вид записи; сохранён как есть
skip-unknown-event = Неизвестное событие; сохранено как есть
skip-unknown-status = Неизвестный статус; принят за новый или закрытый
skip-unknown-regime = Неизвестный порядок; принят за иной
skip-unknown-source = Неизвестный источник; принят за иной
skip-unknown-block = Неизвестный блок; отнесён ко «вне блоков»
skip-unknown-mark = Неизвестная отметка; убрана
skip-unknown-municipality = Негодный код муниципалитета; убран
skip-date-dropped = Негодная дата; убрана
skip-field-dropped = Негодное значение поля; убрано
skip-extra-dropped = Слишком большие лишние поля; убраны
skip-place-swapped = Широта и долгота переставлены; исправлено
skip-place-outside = Место вне региона; убрано
skip-place-not-a-number = Координата не число; место убрано
skip-nul-stripped = Нулевые символы в тексте; убраны

# Incident list
order-newest = Новые сверху
order-oldest = Старые сверху
order-due = По сроку
order-best = По словам
list-loading = Составляем список
list-scroll = Прокрутка списка
list-received = Поступило
list-number = №
list-topic = Тема, блок
list-place = Место
list-summary = Суть
list-body = Орган
list-status = Статус
list-due = Срок
list-source = Источник
due-not-set = срок не задан
due-over = просрочено { $time }
due-left = осталось { $time }
due-done = закрыто { $date }
due-done-late = закрыто { $date }, поздно

# One incident
details-close = Закрыть
details-assignee = Ответственный
details-registered = Зарегистрировано
details-deadline = До срока
details-due-source = Откуда срок
due-source-server = от сервера
due-source-policy = по правилу
due-source-hand = поставлен вручную
details-rating = Оценка
details-rating-value = { $n } из 5
details-merged = Объединён с
details-marks = Отметки
mark-urgent = срочно
mark-high = важно
mark-resonance = резонанс
mark-conflict = конфликт
mark-communication-error = ошибка коммуникации
mark-returned = возвращался
mark-reopened = открывался повторно
details-messages = Обращения
details-messages-none = Тексты обращений сюда не передаются
details-events = События
event-unknown = неизвестное событие
event-created = поступило
event-registered = зарегистрировано
event-taken = взято
event-assigned = назначено
event-forwarded = переслано
event-classified = уточнена тема
event-placed = уточнено место
event-prioritised = изменена важность
event-marked = поставлена отметка
event-extended = срок продлён
event-interim-answered = промежуточный ответ
event-submitted = ответ на согласовании
event-approved = ответ согласован
event-returned = возвращено
event-postponed = отложено
event-resumed = возобновлено
event-rejected = отклонено
event-merged = объединено
event-unmerged = разъединено
event-split = разделено
event-commented = комментарий
event-closed = закрыто
event-reopened = открыто повторно
event-rated = оценено
event-quality-checked = проверено качество

# Indicators
how-counted = Как посчитано
word-closed = Закрыто
flow-title = Поступило и закрыто по дням
how-flow = Поступило: инциденты, полученные в этот день. Закрыто: инциденты, закрытые в этот день, когда бы они ни поступили. Сегодняшний день ещё не кончился и не показан. Отклонённые и объединённые не считаются.
stock-title = Открыто и просрочено по дням
how-stock = На конец каждого дня: сколько инцидентов ждали ответа и у скольких из них срок уже прошёл. Без срока — не просрочено.
on-time-title = В срок, скользящие 7 дней
how-on-time = Закрыто в срок за 7 дней ÷ (закрыто за 7 дней + открыто и просрочено на конец дня). Закрытые без срока считаются закрытыми в срок.
week-title = По дням недели и часам
how-week = Поступившие за период по местному дню недели и часу (Красноярское время, UTC+7). Цвет — ступени корня из числа, чтобы малые ячейки были различимы.
week-cell = { $weekday }, { $from }–{ $to } ч: поступило { $n }
sources-title = По источникам
how-sources = Поступившие за период по системе или каналу. Выбор источника в фильтре на этот список не действует, чтобы было видно остальные.
regimes-title = По порядку
how-regimes = Поступившие за период по порядку рассмотрения. Выбор порядка в фильтре на этот список не действует.
statuses-title = По статусам
how-statuses = Поступившие за период по их нынешнему статусу. Отклонённые и объединённые показаны здесь, но не входят в остальные числа.
durations-title = Сроки рассмотрения
how-durations = Медиана: половина инцидентов укладывается. 90-й процентиль: укладываются девять из десяти. Время считается подряд, с выходными; показаны границы промежутка, в который попадает значение. До ответа — поступившие за период, до закрытия — закрытые за период.
durations-none = За период ничего не закрыто
column-median = медиана
column-p90 = 90-й проц.
column-n = n
to-first-answer = До первого ответа
to-close = До закрытия
to-close-by-municipality = До закрытия по муниципалитетам, сначала самые долгие
first-answer-median = Первый ответ, медиана
how-first-answer-short = от поступления, с выходными
p90-and-n = 90 % — { $p90 } · n = { $n }
ratings-title = Оценка граждан
how-ratings = Среднее оценок от 1 до 5 у поступивших за период. Доля оценивших: с оценкой ÷ все поступившие.
ratings-none = За период оценок нет
ratings-of-five = из 5
ratings-rate = Оценили { $rated } из { $received } ({ $share })
ratings-silence = Остальные оценку не ставили: это не значит «недоволен»

# Commands of the menu and palette
command-situation = Открыть «Обстановка»
command-triage = Открыть «Разбор»
command-blocks = Открыть «Блоки»
command-indicators = Открыть «Показатели»
command-incidents = Открыть список инцидентов
command-health = Открыть «Состояние»
command-settings = Открыть «Настройки»
command-period-day = Период: 24 часа
command-period-week = Период: 7 дней
command-period-four-weeks = Период: 28 дней
command-period-quarter = Период: 13 недель
command-period-year = Период: 365 дней
command-period-all = Период: за всё время
command-clear-filter = Сбросить фильтр
command-search = Перейти к поиску
command-overdue-only = Только просроченные
command-unplaced-only = Только без координат
command-map-areas = Карта: районы
command-map-heat = Карта: тепло
command-map-clusters = Карта: группы
command-show-region = Показать весь регион
command-replay = Повтор по дням
command-sync-now = Обновить сейчас
command-save-picture = Сохранить картинку…
command-export-list = Выгрузить список…
command-theme-dark = Тёмная тема
command-theme-light = Светлая тема
command-palette = Все команды
command-help = Справка по клавишам
command-undo = Отменить последнее действие
command-quit = Выход
palette-hint = Найти команду

# File of the exported list
export-number = номер
export-received = поступило
export-due = срок
export-closed = закрыто
export-status = статус
export-block = блок
export-topic = тема
export-municipality = муниципалитет
export-settlement = населённый пункт
export-body = орган
export-source = источник
export-regime = порядок
export-summary = суть
export-demo = ДЕМОНСТРАЦИЯ: данные вымышлены

# Разбор: действия

actions = Действия
actions-chosen = { $n ->
    [one] выбран { $n } инцидент
    [few] выбрано { $n } инцидента
   *[other] выбрано { $n } инцидентов
}
actions-chosen-advice = Действие относится ко всем выбранным. Esc снимает выбор
action-in-order = Разобрать: тема, затем орган
action-take = Взять
action-classify = Указать тему
action-place = Указать место
action-prioritise = Важность
action-mark = Отметка
action-assign = Назначить орган
action-forward = Переслать другому органу
action-merge = Объединить с другим
action-split = Разделить
action-unmerge = Отменить объединение
action-reject = Отклонить
action-comment = Комментарий
action-interim-answer = Промежуточный ответ
action-submit = Ответ на согласование
action-approve = Согласовать ответ
action-return = Вернуть
action-extend = Продлить срок
action-postpone = Отложить
action-close = Закрыть инцидент
action-reopen = Открыть снова
action-rate = Оценка заявителя
action-quality = Качество ответа
action-create = Новый инцидент вручную
action-draft = черновик
command-next = Следующий в очереди
command-previous = Предыдущий в очереди
command-choose = Выбрать или снять выбор
command-choose-next = Выбрать и перейти дальше
command-choose-previous = Выбрать и перейти назад
command-choose-all = Выбрать загруженные
command-choose-none = Снять выбор
pick-body = Орган: начните вводить
pick-topic = Тема: начните вводить
pick-place = Населённый пункт или муниципалитет
pick-priority = Важность
pick-mark = Какая отметка
pick-rate = Оценка от 1 до 5
pick-verdict = Каков ответ
pick-days = На сколько дней продлить
pick-reason = Причина: из списка или своя
pick-own-reason = Своя причина: { $reason }
pick-survivor = С каким инцидентом: выберите или введите номер
pick-survivor-typed = Номер { $id }
merge-none = Похожих рядом не нашлось: введите номер инцидента
pick-nothing = Ничего не найдено
pick-present = как сейчас
pick-suggested = предложено, { $share }
pick-suggested-because = предложено, { $share }: { $words }
pick-recent = недавно
pick-likely-body = эту тему здесь вёл: { $n }
pick-likely-topic = таких здесь: { $n }
place-map = Карта: щелчок ставит место
place-municipality = муниципалитет
priority-ordinary = обычная
mark-set = Поставить: { $mark }
mark-remove = Снять: { $mark }
rate-of = { $n } из 5
verdict-full = По существу полностью
verdict-partial = По существу частично
verdict-formal = Отписка
extend-days = { $n ->
    [one] на { $n } день
    [few] на { $n } дня
   *[other] на { $n } дней
}
extend-until = до { $at }
write-interim = Промежуточный ответ заявителю
write-answer = Ответ заявителю
write-comment = Комментарий
write-matter = Первая строка — суть, дальше — слова заявителя
write-too-long = Слишком длинно: { $n } знаков из { $most }
write-personal = В ответе есть телефон, почта или другие личные данные
write-gap = Осталось заполнить места в [скобках]
form-send = Отправить · Ctrl+Enter
form-close = Закрыть · Esc
split-one = В инциденте одно сообщение: делить нечего
split-advice = Отметьте сообщения, которые уйдут в новый инцидент (цифры 1–9), Enter отправит
create-place = Место
create-choose = выбрать
create-advice = Источник — «вручную», срок назначит сервер
toast-done = { $what } · { $n ->
    [one] { $n } инцидент
    [few] { $n } инцидента
   *[other] { $n } инцидентов
}
toast-undo = отменить Ctrl+Z · { $secs } с

# Notices
notice-board-failed = Базу не удалось прочитать: { $detail }
notice-action-failed = Действие не записано: { $detail }
notice-action-not-yours = Это действие не входит в права вашей роли
notice-action-refused = По правилам переходов действие невозможно, инцидентов: { $detail }
notice-picture-saved = Картинка сохранена: { $detail }
notice-picture-failed = Картинка не сохранена: { $detail }
notice-list-saved = Список выгружен: { $detail }
notice-list-failed = Список не выгружен: { $detail }
notice-read-only = Папку данных нельзя изменять, новое не загружается; показано то, что в ней есть: { $detail }
notice-settings-failed = Настройки не сохранены: { $detail }
notice-token-in-file = Хранилища ключей здесь нет; токен лежит в файле, который читает только владелец: { $detail }
notice-token-not-kept = Токен не сохранён, после перезапуска его придётся ввести снова: { $detail }

# Wall
wall-scene-of = { $n } из { $of }
wall-loading = чтение базы…
wall-kept = данные на { $at }, чтение базы…
wall-data-at = данные на { $at }
wall-open = открыто
wall-new = новых
wall-overdue = просрочено
wall-overdue-now = Просрочено сейчас
wall-of-open = открыто { $n }
wall-kpi-title = Как справляется регион
wall-closed = Закрыто
wall-rating = Средняя оценка из 5
wall-rated = оценили { $n } из { $of }
wall-municipalities = Муниципалитеты: поступило, просрочено
wall-hours = Поступило по дням недели и часам

## Разбор

triage-queue = Очередь
triage-empty = Здесь пусто
triage-empty-advice = В этом разделе очереди нет открытых инцидентов
triage-no-card = Инцидент не выбран
triage-no-card-advice = J и K — по очереди вниз и вверх
section-new = Новые
section-mine = Мои
section-due-soon = Скоро срок
section-overdue = Просрочено
section-approval = На согласовании
section-returned = Возвраты
section-all = Все открытые
card-map = Место инцидента на карте
card-no-place = Координат нет
card-attachments = Приложено
card-file = файл
card-similar = Похожие
card-similar-near = { $n } · в пределах { $metres } м и { $hours } ч
card-metres = { $n } м
card-same-place = тот же населённый пункт
reveal = Показать без скрытия
reveal-why = Зачем? Ответ попадёт в журнал доступа
reveal-call-back = связаться с заявителем
reveal-place = уточнить адрес
reveal-duplicate = сверить повтор
reveal-answer = проверить ответ
outbox-undoable = записано, ещё можно отменить
outbox-queued = ждёт отправки
outbox-sent = отправлено
outbox-accepted = принято сервером
outbox-conflict = конфликт: инцидент изменился
outbox-rejected = сервер отказал
conflict-keep-mine = Всё равно сделать
conflict-take-theirs = Отказаться
opened-by = открыто: { $office }
queue-late = просрочен
nav-outbox = Исходящие
outbox-title = Исходящие
outbox-empty = Всё отправлено
outbox-empty-advice = Здесь стоит то, что сделано на этом рабочем месте и ещё не принято сервером
outbox-damaged = Повреждено записей: { $n }. Они отложены в том виде, в каком найдены, и не отправляются
outbox-send-again = Отправить снова
outbox-open = К инциденту
command-outbox = Открыть «Исходящие»
command-export-outbox = Выгрузить исходящие…
conflict-explained = Пока действие ждало отправки, инцидент изменили. Ничего не потеряно: решите, делать ли это всё равно.
conflict-seen = вы видели
conflict-now = на сервере сейчас
conflict-priority = Важность
rejected-forbidden = Роль этого рабочего места не даёт права на это действие
rejected-unknown-incident = Сервер не знает такого инцидента
rejected-invalid-payload = Сервер не принял то, что введено
rejected-own-answer = Свой ответ утверждает другой
rejected-illegal-move = В нынешнем статусе это невозможно
rejected-other = Сервер отказал
notice-outbox-saved = Исходящие выгружены: { $detail }
notice-outbox-not-saved = Исходящие не выгружены: { $detail }
