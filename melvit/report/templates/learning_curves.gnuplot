set multiplot
set title {title}
unset key
set lmargin 9
set rmargin 3
{epoch_axis}
{each panels}
set tmargin at screen {top}
set bmargin at screen {bottom}
set ylabel '{metric}'
{metric_axis}
{if legend}
unset title
set xlabel 'epoch'
{end}
{each legend}
{if colour}
set arrow from screen 0.03,screen {y} to screen 0.07,screen {y} nohead linewidth 1.8 linecolor rgb '{colour}'
{end}
set label {text} at screen 0.085,screen {y} left textcolor rgb '#333333'
{end}
plot {each trials}csv using 3:($1=={rank} ? ${column} : NaN) {style} linecolor rgb '{colour}' notitle, \
  {end}csv using 3:($1==1 && $8==1 ? ${column} : NaN) with points pointtype 7 pointsize 0.8 linecolor rgb '{best_colour}' notitle
{end}
unset multiplot
