set title {title}
set cbrange [{low}:{high}]
unset colorbox
set lmargin at screen {left}
set rmargin at screen {right}
set style textbox opaque fillcolor rgb 'white' noborder margins 0.4,0.4
unset border
unset xtics
set grid noxtics ytics linecolor rgb '#666666' linewidth 1
set xrange [0:1]
set yrange [{rows}.45:-0.1]
set ytics scale 0 {names}
{each labels}
set label {text} at {x},{row} center offset 0,-0.9 front boxed textcolor rgb '#333333'
{end}
plot csv using 3:2:4 with lines linewidth 1 linecolor palette notitle
