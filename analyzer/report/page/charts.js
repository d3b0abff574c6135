/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/*
 * The charts, drawn by Chart.js. Each has the same numbers as a table, whose
 * names are buttons, for who has no mouse or does not see it.
 */

const charts = (() => {
    const MOST = 10; /* bars, or lanes, of a chart */
    const CAUSES = 7; /* with a colour of their own */
    const ROW = 26; /* pixels */
    const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
        86400, 172800, 345600, 604800, 1209600, 2419200, 7862400, 31449600];
    const LANES = ['registry', 'namespace', 'node', 'pod', 'image'];
    const BARS = ['cause', 'registry', 'namespace', 'node'];
    const palette = {
        light: ['#0b6fb8', '#c2410c', '#15803d', '#a21caf', '#8a6100',
            '#0f766e', '#be123c', '#64707d'],
        dark: ['#6cb6ff', '#ff9d5c', '#6fd58b', '#e594f0', '#e6c04a',
            '#5eead4', '#ff8fa3', '#9aa7b4'],
    };
    const place = document.getElementById('charts');
    const drawn = [];
    let lanes = 'namespace';
    let isDark = false;
    let incidents = [];

    const color = index => palette[isDark ? 'dark' : 'light'][
        Math.min(index, CAUSES)];
    const isNarrow = () => place.clientWidth < 600;
    const ink = () => isDark ? '#a5b0bd' : '#56616f';
    const line = () => isDark ? '#39434f' : '#d5dae1';

    /* Adds up, and gives the most first: [[name, sum], ...]. */
    function sums(pairs) {
        const sum = new Map();
        for (const [name, count] of pairs) {
            sum.set(name, (sum.get(name) ?? 0) + count);
        }
        return [...sum].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    }

    /* Those affected that the filters leave, of one incident. */
    const rowsOf = incident => data.affectedOf(incident)
        .filter((_, index) => filters.covers(incident.affected[index]));

    /* [[name, failed pulls], ...] of one incident, for a chart by `kind`. */
    function pairsOf(incident, kind) {
        if (kind === 'cause') {
            return [[data.causeOf(incident).slug, incident.count]];
        }
        if (kind === 'registry') {
            return [[data.textOf(incident.registry), incident.count]];
        }
        return rowsOf(incident).map(row => [row[kind], row.count]);
    }

    const labelOf = (kind, name) => name
        ? filters.label(kind, name) : words.say('none_named');

    /* Characters of Chinese and Japanese are twice as wide. */
    const width = character => character.codePointAt(0) < 0x1100 ? 1 : 2;

    /* The start of a text that is at most so wide. */
    function head(text, most) {
        let room = most;
        const kept = [];
        for (const character of text) {
            room -= width(character);
            if (room < 0) {
                break;
            }
            kept.push(character);
        }
        return kept.join('');
    }

    /* A title says most at its start. */
    function clip(text, most) {
        return head(text, most) === text ? text : `${head(text, most - 1)}…`;
    }

    /* A name says where it is from first, and what it is last. */
    function shorten(text, most) {
        const first = Math.floor(most / 3);
        return text.length <= most ? text : `${text.slice(0, first)}…` +
            text.slice(text.length - most + first + 1);
    }

    /* Causes by their number of failed pulls, which is that of their colour. */
    function ranks() {
        const order = sums(incidents.flatMap(
            incident => pairsOf(incident, 'cause')));
        return new Map(order.map(([slug], index) => [slug, index]));
    }

    /*
     * A figure with a canvas, and a table that is made when it is opened: its
     * rows are {name, value, choose}, value() being a text.
     */
    function figure(title, isWide, rows, extra = null) {
        const canvas = make('canvas', {role: 'img',
            'aria-label': words.say('chart_label', {
                title,
                list: rows.slice(0, 3).map(row => `${row.name} ${row.value()}`)
                    .join(', ') || words.say('chart_empty'),
            })});
        const holder = make('div', {class: 'canvas'}, canvas);
        const more = make('details', {class: 'more', toggle() {
            if (more.open && more.children.length === 1) {
                more.append(asTable(title, rows));
            }
        }}, make('summary', {}, words.say('as_table')));
        place.append(make('figure', {class: isWide ? 'chart wide' : 'chart'},
            make('figcaption', {}, make('h3', {}, title), extra), holder,
            more));
        return {canvas, holder};
    }

    function asTable(title, rows) {
        return make('div', {class: 'scroll', tabindex: '0', role: 'region',
            'aria-label': title},
        make('table', {}, make('tbody', {}, ...rows.map(row => make('tr', {},
            make('th', {scope: 'row'}, row.choose ? make('button', {
                type: 'button', class: 'link', click: row.choose,
            }, named(row.name)) : named(row.name)),
            make('td', {class: 'number'}, row.value()))))));
    }

    function draw(canvas, config) {
        const {options} = config;
        options.animation = false;
        options.maintainAspectRatio = false;
        options.color = ink();
        for (const scale of Object.values(options.scales)) {
            scale.grid = {color: line(), ...scale.grid};
            scale.border = {color: line()};
            scale.ticks = {color: ink(), ...scale.ticks};
        }
        drawn.push(new Chart(canvas, config));
    }

    /* From bars to words: "2026-11-23 16:30" or, of whole days, "2026-11-23". */
    function columnLabel(column) {
        const text = words.time(column * data.about.minutes * 60);
        return data.about.minutes >= 1440 ? text.slice(0, 10) : text;
    }

    /* Counts by column, for each cause that has a colour. */
    function columnsOf(rank) {
        const step = data.about.minutes * 60;
        const from = Math.floor(data.about.first / step);
        const count = Math.floor(data.about.last / step) - from + 1;
        const series = Array.from(
            {length: Math.min(rank.size, CAUSES + 1)},
            () => new Array(count).fill(0));
        for (const incident of incidents) {
            const index = Math.min(rank.get(data.causeOf(incident).slug),
                CAUSES);
            for (const [column, seen] of incident.tally) {
                if (column >= from && column - from < count) {
                    series[index][column - from] += seen;
                }
            }
        }
        const labels = Array.from({length: count},
            (_, i) => columnLabel(from + i));
        return {series, labels};
    }

    const causeLabel = (slugs, index) => index < CAUSES
        ? filters.label('cause', slugs[index]) : words.say('others');

    function drawTime(rank) {
        const {series, labels} = columnsOf(rank);
        const slugs = [...rank.keys()];
        const rows = labels.map((name, i) => {
            const sum = series.reduce((all, counts) => all + counts[i], 0);
            return {name, value: () => words.number(sum), sum};
        }).filter(row => row.sum > 0);
        const {canvas, holder} = figure(words.say('chart_time'), true, rows);
        holder.style.height = isNarrow() ? '22rem' : '16rem';
        draw(canvas, {
            type: 'bar',
            data: {labels, datasets: series.map((counts, index) => ({
                label: clip(causeLabel(slugs, index), isNarrow() ? 36 : 44), data: counts,
                backgroundColor: color(index), stack: 'all',
                barPercentage: 1, categoryPercentage: 0.92,
                maxBarThickness: 60,
            }))},
            options: {
                scales: {
                    x: {stacked: true, grid: {display: false},
                        ticks: {maxRotation: 0, autoSkipPadding: 24}},
                    y: {stacked: true, beginAtZero: true,
                        ticks: {precision: 0}},
                },
                plugins: {
                    legend: {position: 'bottom', labels: {boxWidth: 12,
                        color: ink()}},
                    tooltip: {mode: 'index', filter: item => item.raw > 0},
                },
            },
        });
    }

    function drawBars(kind) {
        const all = sums(incidents.flatMap(
            incident => pairsOf(incident, kind)));
        const most = all.slice(0, MOST);
        const rows = all.map(([name, sum]) => ({
            name: labelOf(kind, name), value: () => words.number(sum),
            choose: name ? () => filters.toggle(kind, name) : undefined,
        }));
        const {canvas, holder} = figure(words.say(`chart_${kind}`), false,
            rows);
        holder.style.height = `${Math.max(most.length, 2) * ROW + 34}px`;
        const chosen = filters.chosen(kind);
        draw(canvas, {
            type: 'bar',
            data: {
                labels: most.map(([name]) => labelOf(kind, name)),
                datasets: [{
                    data: most.map(([, sum]) => sum), barThickness: 15,
                    minBarLength: 2, borderRadius: 2,
                    backgroundColor: most.map(([name], index) =>
                        color(chosen && name !== chosen ? CAUSES
                            : kind === 'cause' ? index : 0)),
                }],
            },
            options: {
                indexAxis: 'y',
                scales: {
                    x: {beginAtZero: true, ticks: {precision: 0,
                        maxTicksLimit: 6}},
                    y: {grid: {display: false}, ticks: {autoSkip: false,
                        callback(index) {
                            const label = this.getLabelForValue(index);
                            return (kind === 'cause' ? clip : shorten)(label,
                                isNarrow() ? 22 : 34);
                        }}},
                },
                plugins: {legend: {display: false}},
                onClick: (_, [hit]) => hit && most[hit.index][0] &&
                    filters.toggle(kind, most[hit.index][0]),
                onHover: (event, hits) => {
                    event.native.target.style.cursor =
                        hits.length ? 'pointer' : '';
                },
            },
        });
    }

    /* [[name, from, to, cause, count], ...] of one incident. */
    function spansOf(incident) {
        const {slug} = data.causeOf(incident);
        if (lanes === 'registry') {
            return [[data.textOf(incident.registry), incident.first,
                incident.last, slug, incident.count]];
        }
        if (lanes === 'image') {
            return [[data.textOf(incident.image), incident.first,
                incident.last, slug, incident.count]];
        }
        return rowsOf(incident).map(row =>
            [row[lanes], row.first, row.last, slug, row.count]);
    }

    /* What touches, of one name and cause, becomes one bar. */
    function joined(spans, gap) {
        const bars = [];
        const last = new Map();
        spans.sort((a, b) => a[1] - b[1]);
        for (const [name, from, to, slug, count] of spans) {
            const key = `${slug} ${name}`;
            const bar = last.get(key);
            if (bar && from <= bar.to + gap) {
                bar.to = Math.max(bar.to, to);
                bar.count += count;
            } else {
                const next = {name, from, to, slug, count};
                last.set(key, next);
                bars.push(next);
            }
        }
        return bars;
    }

    function lanePicker() {
        const select = make('select', {id: 'lanes', change() {
            lanes = select.value;
            render();
            document.getElementById('lanes').focus();
        }}, ...LANES.map(kind => make('option',
            {value: kind, selected: kind === lanes}, words.say(kind))));
        return make('label', {}, words.say('by'), select);
    }

    /* Time as numbers on an axis, in round steps of UTC. */
    function timeScale(width) {
        const first = data.about.first;
        const last = Math.max(data.about.last, first + width);
        const days = (last - first) / 86400;
        const step = STEPS.find(seconds => (last - first) / seconds <= 8) ??
            STEPS.at(-1);
        const label = value => {
            const text = words.time(value);
            return days > 3 ? text.slice(0, 10)
                : days > 0.9 ? text.slice(5) : text.slice(11);
        };
        return {type: 'linear', min: Math.floor(first / step) * step,
            max: Math.ceil((last + width) / step) * step,
            ticks: {callback: label, stepSize: step, maxRotation: 0,
                autoSkipPadding: 24}};
    }

    function drawLanes(rank) {
        const span = Math.max(data.about.last - data.about.first, 60);
        const width = span / 240; /* a moment must be seen, too */
        const spans = incidents.flatMap(spansOf).filter(row => row[0]);
        const names = sums(spans.map(row => [row[0], row[4]]))
            .slice(0, MOST + 5).map(([name]) => name);
        const isShown = new Set(names);
        const bars = joined(spans.filter(row => isShown.has(row[0])), width);
        const rows = bars.map(bar => ({
            name: `${bar.name}: ${filters.label('cause', bar.slug)}`,
            value: () => `${words.time(bar.from)} – ${words.time(bar.to)} ` +
                `(${words.number(bar.count)})`,
        }));
        const {canvas, holder} = figure(words.say('chart_who'), true, rows,
            lanePicker());
        holder.style.height = `${Math.max(names.length, 2) * ROW + 40}px`;
        draw(canvas, {
            type: 'bar',
            data: {labels: names, datasets: [{
                data: bars.map(bar => ({x: [bar.from, Math.max(bar.to,
                    bar.from + width)], y: bar.name})),
                backgroundColor: bars.map(bar => color(rank.get(bar.slug))),
                barThickness: 13, borderSkipped: false, borderRadius: 2,
            }]},
            options: {
                indexAxis: 'y',
                scales: {
                    x: timeScale(width),
                    y: {type: 'category', labels: names, ticks: {
                        autoSkip: false, callback: index =>
                            shorten(names[index],
                                isNarrow() ? 22 : 48)}},
                },
                plugins: {
                    legend: {display: false},
                    tooltip: {callbacks: {
                        title: ([item]) => bars[item.dataIndex].name,
                        label: item => [
                            filters.label('cause', bars[item.dataIndex].slug),
                            rows[item.dataIndex].value(),
                        ],
                    }},
                },
            },
        });
    }

    function render() {
        drawn.splice(0).forEach(chart => chart.destroy());
        place.replaceChildren();
        document.getElementById('charts-title').parentElement.hidden =
            incidents.length === 0;
        if (incidents.length === 0) {
            return;
        }
        const rank = ranks();
        drawTime(rank);
        drawLanes(rank);
        BARS.forEach(drawBars);
    }

    return {
        render,
        show(shown) {
            incidents = shown;
            render();
        },
        /* Draws in the colours of that theme. */
        setDark(dark) {
            isDark = dark;
        },
    };
})();
