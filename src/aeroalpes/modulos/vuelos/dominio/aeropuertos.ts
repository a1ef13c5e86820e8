/** Un aeropuerto del mundo. `zona` es IANA; `internacional`, si tiene vuelos de todas partes. */
export type Lugar = Readonly<{
  codigo: string
  nombre: string
  ciudad: string
  pais: string
  zona: string
  latitud: number
  longitud: number
  internacional: boolean
}>

/** Los aeropuertos que existen, listos para buscarlos. */
export type Aeropuertos = Readonly<{
  /** Sin distinguir mayúsculas. */
  porCodigo: (codigo: string) => Lugar | undefined
  /** Los que casan con lo que alguien escribió, el mejor primero. Sin texto, ninguno. */
  buscar: (texto: string, limite: number) => readonly Lugar[]
}>

/** Ciudades que en español se llaman de otra forma, para encontrarlas también así. */
const EN_ESPANOL: Readonly<Record<string, string>> = {
  Amsterdam: 'Ámsterdam',
  Athens: 'Atenas',
  Beijing: 'Pekín',
  Berlin: 'Berlín',
  Brussels: 'Bruselas',
  Cairo: 'El Cairo',
  'Cape Town': 'Ciudad del Cabo',
  Copenhagen: 'Copenhague',
  Florence: 'Florencia',
  Geneva: 'Ginebra',
  Havana: 'La Habana',
  'Ho Chi Minh City': 'Saigón',
  Jerusalem: 'Jerusalén',
  Lisbon: 'Lisboa',
  London: 'Londres',
  Marseille: 'Marsella',
  'Mexico City': 'Ciudad de México',
  Milan: 'Milán',
  Moscow: 'Moscú',
  Munich: 'Múnich',
  'New Orleans': 'Nueva Orleans',
  'New York City': 'Nueva York',
  Nice: 'Niza',
  'Panama City': 'Ciudad de Panamá',
  Philadelphia: 'Filadelfia',
  Prague: 'Praga',
  Rome: 'Roma',
  Seoul: 'Seúl',
  Singapore: 'Singapur',
  Stockholm: 'Estocolmo',
  Sydney: 'Sídney',
  Tokyo: 'Tokio',
  Turin: 'Turín',
  Venice: 'Venecia',
  Vienna: 'Viena',
  Warsaw: 'Varsovia',
  Zurich: 'Zúrich',
  Zürich: 'Zúrich',
}

/** Minúsculas, sin tildes ni signos: como escribe quien tiene prisa. */
export const sin_tildes = (texto: string): string =>
  texto
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

type Entrada = Readonly<{ lugar: Lugar; codigo: string; ciudades: readonly string[]; texto: string }>

/** Lo que más viaja primero: los centros de las aerolíneas, los internacionales, los demás. */
const pesoDe = ({ codigo, internacional }: Lugar, centros: ReadonlySet<string>): number => (centros.has(codigo) ? 0 : internacional ? 1 : 2)

const entradaDe = (lugar: Lugar): Entrada => {
  const ciudades = [lugar.ciudad, EN_ESPANOL[lugar.ciudad] ?? ''].map(sin_tildes).filter((ciudad) => ciudad !== '')
  const codigo = sin_tildes(lugar.codigo)
  return { lugar, codigo, ciudades, texto: ` ${[codigo, ...ciudades, sin_tildes(lugar.nombre)].join(' ')} ` }
}

/** De 0 (el código exacto) a 3 (lo contiene); 4 si no casa. */
const rangoDe = ({ codigo, ciudades, texto }: Entrada, buscado: string): number => {
  const donde = texto.indexOf(buscado)
  if (donde < 0) return 4
  if (codigo === buscado) return 0
  if (ciudades.some((ciudad) => ciudad.startsWith(buscado))) return 1
  return texto.includes(` ${buscado}`) ? 2 : 3
}

/** Prepara la lista una vez: cada búsqueda la recorre entera, que son unos 8.000 textos cortos. */
export const crear_aeropuertos = (lugares: readonly Lugar[], centros: ReadonlySet<string>): Aeropuertos => {
  const porCodigo = new Map(lugares.map((lugar) => [lugar.codigo, lugar]))
  const entradas = lugares
    .map(entradaDe)
    .sort((a, b) => pesoDe(a.lugar, centros) - pesoDe(b.lugar, centros) || (a.texto.slice(5) < b.texto.slice(5) ? -1 : 1))
  return {
    porCodigo: (codigo) => porCodigo.get(codigo.toUpperCase()),
    buscar: (texto, limite) => {
      const buscado = sin_tildes(texto)
      if (buscado === '') return []
      const rangos: Entrada[][] = [[], [], [], []]
      for (const entrada of entradas) rangos[rangoDe(entrada, buscado)]?.push(entrada)
      return rangos
        .flat()
        .slice(0, limite)
        .map(({ lugar }) => lugar)
    },
  }
}
