/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/*
 * Makes elements. The law: a text becomes a text node or an attribute that
 * holds text; nothing here, or in what uses it, parses HTML.
 */

function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === 'function') {
            element.addEventListener(name, value);
        } else if (value === true) {
            element.setAttribute(name, '');
        } else if (value !== false && value !== undefined) {
            element.setAttribute(name, value);
        }
    }
    element.append(...children.filter(child => child !== null));
    return element;
}

/* A name out of a log, which must not turn the text around it. */
const named = text => make('bdi', {}, text || words.say('none_named'));

/* Says it to who cannot see it. */
function announce(text) {
    document.getElementById('said').textContent = text;
}

/* Where a page may not use the clipboard, a selection can still be copied. */
function copyBySelection(text) {
    const area = make('textarea', {class: 'hidden', 'aria-hidden': 'true'});
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
}

async function copyText(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return copyBySelection(text);
    }
}

function copyButton(text) {
    const line = text.split('\n')[0];
    const button = make('button', {
        type: 'button', class: 'copy plain',
        'aria-label': words.say('copy_label', {text: line}),
        async click() {
            const done = await copyText(text);
            const said = words.say(done ? 'copied' : 'not_copied');
            button.textContent = said;
            button.focus();
            announce(said);
            setTimeout(() => {
                button.textContent = words.say('copy');
            }, 2000);
        },
    }, words.say('copy'));
    return button;
}

/* A command as it is to be typed. */
function command(text, changes = false) {
    return make('div', {class: changes ? 'command changes' : 'command'},
        make('pre', {translate: 'no'}, make('code', {}, text)),
        copyButton(text));
}

const severityMark = severity => make('span', {class: `mark ${severity}`},
    words.of('severity', severity));
