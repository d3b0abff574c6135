/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/* One incident in full: why, what to do, who suffers, what the log said. */

const details = (() => {
    const FEW = 20; /* rows of those affected, until all are asked for */

    const heading = name => make('h3', {}, words.say(name));

    const paragraphs = text => text.split('\n\n')
        .map(part => make('p', {}, part));

    /* How to find placeholders; those that one command finds, together. */
    function finds(step, facts, explained) {
        const byCommand = new Map();
        for (const {name, run} of step.find ?? []) {
            if (!explained.has(name)) {
                explained.add(name);
                const key = run ? data.commandOf(run, facts) : '';
                byCommand.set(key, [...byCommand.get(key) ?? [], name]);
            }
        }
        return [...byCommand].map(([run, names]) => make('div',
            {class: 'find'},
            words.say(run ? 'find' : 'untold', {names: names.join(' ')}),
            run ? command(run) : null));
    }

    function stepItem(step, facts, explained) {
        const kind = step.changes ? 'change' : step.run ? 'look' : 'do';
        return make('li', {class: 'step'},
            make('span', {class: `mark ${kind}`}, words.say(kind)), ' ',
            words.pick(data.proseOf(step.say)),
            step.run ? command(data.commandOf(step.run, facts), step.changes)
                : null,
            ...finds(step, facts, explained));
    }

    function remedyItem(remedy, isFirst, facts, explained) {
        return make('li', {}, make('details', {class: 'remedy', open: isFirst},
            make('summary', {}, words.pick(data.proseOf(remedy.title))),
            make('ol', {class: 'remedies'},
                ...remedy.steps.map(step =>
                    stepItem(step, facts, explained)))));
    }

    function remedies(full) {
        const explained = new Set();
        return full.remedies.length === 0 ? [] : [
            heading('to_do'),
            make('ol', {class: 'remedies'}, ...full.remedies.map((number, i) =>
                remedyItem(data.remedyOf(number), i === 0, full.facts,
                    explained))),
        ];
    }

    /* Columns that hold something, so that a narrow screen has room. */
    function affectedTable(rows) {
        const names = ['namespace', 'pod', 'container', 'node', 'image']
            .filter(name => rows.some(row => row[name]));
        const cell = (row, name) => make('td', {},
            row[name] ? named(row[name]) : '–');
        return make('table', {},
            make('thead', {}, make('tr', {},
                ...names.map(name => make('th', {scope: 'col'},
                    words.say(name))),
                make('th', {scope: 'col', class: 'number'},
                    words.say('failed_pulls')),
                make('th', {scope: 'col'}, words.say('last')))),
            make('tbody', {}, ...rows.map(row => make('tr', {},
                ...names.map(name => cell(row, name)),
                make('td', {class: 'number'}, words.number(row.count)),
                make('td', {class: 'time'}, words.time(row.last),
                    row.recovered ? ` (${words.say('recovered')})` : '')))));
    }

    function affected(incident) {
        const rows = data.affectedOf(incident);
        if (rows.length === 0) {
            return [];
        }
        const place = make('div', {
            class: 'scroll', tabindex: '0', role: 'region',
            'aria-label': words.say('affected'),
        }, affectedTable(rows.slice(0, FEW)));
        const more = rows.length <= FEW ? null : make('button', {
            type: 'button', class: 'plain',
            click() {
                place.replaceChildren(affectedTable(rows));
                more.remove();
                place.focus();
            },
        }, words.say('show_all', {count: words.number(rows.length)}));
        return [heading('affected'), place, ...more ? [more] : []];
    }

    function evidence(full) {
        return full.evidence.length === 0 ? [] : [
            heading('evidence'),
            make('ol', {class: 'evidence'}, ...full.evidence.map(line =>
                make('li', {},
                    make('span', {class: 'quiet'},
                        words.time(line.at), ' ', named(line.from)),
                    make('pre', {translate: 'no'},
                        make('code', {}, named(line.line)))))),
        ];
    }

    function facts(full) {
        return make('details', {class: 'more'},
            make('summary', {}, words.say('facts')),
            make('dl', {class: 'facts'}, ...Object.entries(full.facts)
                .flatMap(([name, value]) => [
                    make('dt', {}, make('code', {}, name)),
                    make('dd', {}, named(value)),
                ])));
    }

    /* What is no web address stays a text. */
    function source(address) {
        return make('li', {}, /^https:\/\//.test(address)
            ? make('a', {href: address, rel: 'noopener noreferrer'}, address)
            : address);
    }

    function sources(cause) {
        return cause.sources.length === 0 ? [] : [
            make('details', {class: 'more'},
                make('summary', {}, words.say('sources')),
                make('ul', {}, ...cause.sources.map(source)))];
    }

    function span(incident) {
        const parts = [`${words.about(incident, incident.first)} – ` +
            `${words.about(incident, incident.last)} UTC`];
        if (incident.resolved) {
            parts.push(words.say('resolved_at',
                {time: words.about(incident, incident.resolved)}));
        }
        return make('p', {}, `${words.say('span')}: ${parts.join(', ')}`);
    }

    function also(full) {
        return full.also.length === 0 ? [] : [make('p', {},
            `${words.say('also')}: `, full.also.map(number =>
                words.pick(data.causeAt(number).title)).join(' / '))];
    }

    /* The nodes of one incident. */
    function render(incident) {
        if (!data.isComplete()) {
            return [make('p', {class: 'note'}, words.say('loading'))];
        }
        const cause = data.causeOf(incident);
        const full = data.detailsOf(incident);
        return [
            heading('why'), ...paragraphs(words.pick(cause.why)),
            span(incident), ...also(full), ...remedies(full),
            ...affected(incident), ...evidence(full), facts(full),
            ...sources(cause),
            make('h3', {class: 'shut'}, words.say('in_terminal')),
            make('div', {class: 'shut'},
                command(`${data.about.show} ${incident.id}`)),
        ];
    }

    return {render};
})();
