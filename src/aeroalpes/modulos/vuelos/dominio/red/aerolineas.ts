/** Una aerolínea inventada. `tarifa` multiplica lo que cobra; `reembolso` es lo que devuelve en económica, en porcentaje. */
export type Aerolinea = Readonly<{ codigo: string; nombre: string; centros: readonly string[]; tarifa: number; reembolso: number }>

const aerolinea = (codigo: string, nombre: string, centros: string, tarifa: number, reembolso: number): Aerolinea => ({
  codigo,
  nombre,
  centros: centros.split(' '),
  tarifa,
  reembolso,
})

/** La red simulada: ninguna de estas compañías existe. Todos sus vuelos salen de un centro suyo o llegan a él. */
export const AEROLINEAS: readonly Aerolinea[] = [
  aerolinea('AN', 'Andarí', 'BOG MDE LIM UIO', 1, 50),
  aerolinea('YR', 'Yarumo Aéreo', 'BOG CLO PTY CTG', 0.88, 0),
  aerolinea('QZ', 'Quetzalia', 'MEX GUA CUN SJO', 0.95, 40),
  aerolinea('RB', 'Río Brisa', 'GRU GIG BSB', 1, 50),
  aerolinea('MQ', 'Marea Austral', 'EZE SCL MVD', 1.02, 60),
  aerolinea('NB', 'Nube Norte', 'JFK ORD YYZ LAX', 1.08, 50),
  aerolinea('PV', 'Puente Verde', 'ATL DFW MIA SEA DEN', 0.96, 30),
  aerolinea('LC', 'Lince Claro', 'MAD LIS BCN', 0.97, 40),
  aerolinea('VZ', 'Velaluz', 'LHR CDG AMS FRA', 1.15, 70),
  aerolinea('TN', 'Trébol Nórdico', 'DUB CPH ARN', 0.9, 20),
  aerolinea('ZF', 'Zafiralia', 'IST DXB CAI', 1.04, 60),
  aerolinea('BK', 'Baobab Cielos', 'JNB NBO LOS CMN', 0.94, 30),
  aerolinea('MZ', 'Monzonia', 'DEL BOM SIN BKK', 0.9, 30),
  aerolinea('JD', 'Jade Celeste', 'PEK PVG HKG NRT ICN', 1.05, 50),
  aerolinea('KR', 'Coralina Sur', 'SYD MEL AKL PER', 1.06, 50),
]

/** Todos los aeropuertos en que alguna aerolínea conecta. */
export const CENTROS: ReadonlySet<string> = new Set(AEROLINEAS.flatMap(({ centros }) => centros))
