# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of rond's command line in bash; tests/lint/docs.py checks it against rond --help.
_rond()
{
    local word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]} words
    case $first in
    övning | ovning | exercise) words="B01 B02 B03 B04 B05 B10 B11 B12 B14 B17" ;;
    config) words="--explain --example" ;;
    card)
        words="list insert pull"
        if [ "${COMP_WORDS[2]}" = insert ]; then
            words="läkare sjuksköterska undersköterska support utbildare"
        fi
        ;;
    show) words="lista patient läkemedel mätvärden prov anteckningar tider" ;;
    *) words="övning reset config card diag show --lang=sv --lang=en --ascii --mono --config= --help --version" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    if [[ ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace
    fi
}
complete -F _rond rond
