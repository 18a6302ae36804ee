set {letter}label {name}
{if tics}
set {letter}range [-0.5:{last}.5]
set {letter}tics {rotation} {tics}
{else}
{if log_tics}
set logscale {letter}
set {letter}tics ({log_tics})
{end}
set {letter}range [{low}:{high}]
{end}
