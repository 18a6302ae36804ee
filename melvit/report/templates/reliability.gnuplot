set multiplot
set title {title}
set xrange [0:1]
set yrange [0:1]
set lmargin at screen 0.13
set rmargin at screen 0.95
set tmargin at screen 0.92
set bmargin at screen 0.36
set ylabel 'accuracy'
set format x ''
set arrow 1 from 0,0 to 1,1 nohead linewidth 1 linecolor rgb '#999999'
plot csv using 1:2:4:5 with yerrorbars pointtype 7 pointsize 0.8 linecolor rgb '#0072B2' notitle
unset arrow 1
unset title
set format x '%g'
set tmargin at screen 0.3
set bmargin at screen 0.1
set yrange [0:*]
set ylabel 'tracks'
set xlabel 'confidence: probability of the genre that was called'
set style fill solid 1 noborder
set boxwidth 0.03
plot csv using 1:3 with boxes linecolor rgb '#7b8794' notitle
unset multiplot
