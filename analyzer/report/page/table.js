/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/* The list of incidents: a page of rows, sorted, each opens to its details. */

const table = (() => {
    const ROWS = 50; /* of a page */
    const RANK = {critical: 3, error: 2, warning: 1, info: 0};
    const STATE = {open: 2, quiet: 1, resolved: 0};
    const columns = [
        {name: 'incident', value: incident => RANK[incident.severity]},
        {name: 'state', value: incident => STATE[incident.state], less: true},
        {name: 'failed_pulls', value: incident => incident.count,
            number: true},
        {name: 'pods', value: incident => incident.pods, number: true,
            less: true},
        {name: 'nodes', value: incident => incident.nodes, number: true,
            less: true},
        {name: 'first', value: incident => incident.first, time: true,
            less: true},
        {name: 'last', value: incident => incident.last, time: true},
    ];
    const list = document.getElementById('list');
    const opened = new Set(); /* incidents whose details are shown */
    let shown = [];
    let page = 0;
    let sorted = {name: 'last', isDown: true};

    const classOf = column => [column.number ? 'number' : '',
        column.time ? 'time' : '', column.less ? 'less' : '']
        .filter(name => name).join(' ') || undefined;

    function sort() {
        const {value} = columns.find(column => column.name === sorted.name);
        const sign = sorted.isDown ? -1 : 1;
        shown.sort((a, b) =>
            sign * (value(a) - value(b)) || b.last - a.last || b.id - a.id);
    }

    function sortBy(name) {
        sorted = {name, isDown: sorted.name === name ? !sorted.isDown : true};
        page = 0;
        sort();
        render();
        document.getElementById(`sort-${name}`).focus();
    }

    function headCell(column) {
        const isSorted = sorted.name === column.name;
        const arrow = isSorted ? (sorted.isDown ? ' ↓' : ' ↑') : '';
        return make('th', {
            scope: 'col', class: classOf(column),
            'aria-sort': isSorted
                ? (sorted.isDown ? 'descending' : 'ascending') : undefined,
        }, make('button', {
            type: 'button', class: 'sort', id: `sort-${column.name}`,
            click: () => sortBy(column.name),
        }, words.say(column.name), make('span', {'aria-hidden': 'true'},
            arrow)));
    }

    const stateMark = incident => make('span', {
        class: `mark ${incident.state === 'open' ? incident.severity
            : incident.state === 'quiet' ? 'state-quiet' : 'resolved'}`,
    }, words.of('state', incident.state));

    function toggle(incident, button) {
        const row = button.closest('tr');
        const isOpen = !opened.has(incident);
        if (isOpen) {
            opened.add(incident);
            row.after(detailsRow(incident));
        } else {
            opened.delete(incident);
            row.nextElementSibling.remove();
        }
        button.setAttribute('aria-expanded', String(isOpen));
    }

    function detailsRow(incident) {
        return make('tr', {class: 'details', id: `details-of-${incident.id}`},
            make('td', {colspan: String(columns.length)},
                ...details.render(incident)));
    }

    function openButton(incident) {
        const button = make('button', {
            type: 'button', class: 'open',
            'aria-expanded': String(opened.has(incident)),
            click: () => toggle(incident, button),
        }, make('span', {},
            severityMark(incident.severity), ' ',
            make('span', {class: 'narrow'}, stateMark(incident), ' '),
            make('span', {class: 'title'},
                words.pick(data.causeOf(incident).title)), ' ',
            make('span', {class: 'where'}, `#${incident.id} `,
                named(data.textOf(incident.where)))));
        return button;
    }

    function row(incident) {
        const count = value => make('td', {class: 'number less'},
            value ? words.number(value) : '–');
        return make('tr', {id: `incident-${incident.id}`},
            make('th', {scope: 'row'}, openButton(incident)),
            make('td', {class: 'less'}, stateMark(incident)),
            make('td', {class: 'number'}, words.number(incident.count)),
            count(incident.pods), count(incident.nodes),
            make('td', {class: 'time less'},
                words.about(incident, incident.first)),
            make('td', {class: 'time'}, words.about(incident, incident.last)));
    }

    function turn(step, id) {
        page += step;
        render();
        const button = document.getElementById(id);
        (button.disabled ? document.getElementById('incidents') : button)
            .focus();
        document.getElementById('incidents').scrollIntoView();
    }

    function renderPages() {
        const pages = Math.ceil(shown.length / ROWS);
        const button = (id, step, disabled) => make('button', {
            type: 'button', class: 'plain', id, disabled,
            click: () => turn(step, id),
        }, words.say(id));
        const nav = document.getElementById('pages');
        nav.hidden = pages < 2;
        nav.replaceChildren(
            button('previous', -1, page === 0),
            make('span', {}, words.say('page_of', {
                first: words.number(page * ROWS + 1),
                last: words.number(Math.min(shown.length, (page + 1) * ROWS)),
                all: words.number(shown.length),
            })),
            button('next', 1, page + 1 >= pages));
    }

    function render() {
        const rows = shown.slice(page * ROWS, (page + 1) * ROWS);
        document.getElementById('found').textContent = words.say('found', {
            count: words.number(shown.length),
            all: words.number(data.incidents.length),
        });
        list.replaceChildren(rows.length === 0
            ? make('p', {class: 'note'}, words.say(
                data.incidents.length === 0 ? 'empty' : 'nothing'))
            : make('table', {class: 'list'},
                make('caption', {class: 'hidden'}, words.say('caption')),
                make('thead', {}, make('tr', {}, ...columns.map(headCell))),
                make('tbody', {}, ...rows.flatMap(incident =>
                    opened.has(incident)
                        ? [row(incident), detailsRow(incident)]
                        : [row(incident)]))));
        renderPages();
    }

    /* Shows those incidents, from the first page. */
    function show(incidents) {
        shown = [...incidents];
        page = 0;
        sort();
        render();
    }

    /* Opens one incident where it stands; false if it is not in the list. */
    function open(id) {
        const at = shown.findIndex(incident => incident.id === id);
        if (at < 0) {
            return false;
        }
        opened.add(shown[at]);
        page = Math.floor(at / ROWS);
        render();
        document.getElementById(`incident-${id}`).scrollIntoView();
        return true;
    }

    return {open, render, show};
})();
