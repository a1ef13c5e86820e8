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

type Entrada = Readonly<{ lugar: Lugar; ciudades: readonly string[]; texto: string }>

/** Lo que más viaja primero: los centros de las aerolíneas, los internacionales, los demás. */
const pesoDe = ({ codigo, internacional }: Lugar, centros: ReadonlySet<string>): number => (centros.has(codigo) ? 0 : internacional ? 1 : 2)

const entradaDe = (lugar: Lugar): Entrada => {
  const ciudades = [lugar.ciudad, EN_ESPANOL[lugar.ciudad] ?? ''].map(sin_tildes).filter((ciudad) => ciudad !== '')
  return { lugar, ciudades, texto: ` ${[sin_tildes(lugar.codigo), ...ciudades, sin_tildes(lugar.nombre)].join(' ')} ` }
}

/** De 0 (una ciudad que empieza así) a 2 (sólo lo contiene). Supone que casa. */
const rangoDe = ({ ciudades, texto }: Entrada, buscado: string): 0 | 1 | 2 => {
  if (ciudades.some((ciudad) => ciudad.startsWith(buscado))) return 0
  return texto.includes(` ${buscado}`) ? 1 : 2
}

/** Todos los textos en uno, cada cual en su línea: buscar en él es una sola pasada del motor y no 8.000. */
const indiceDe = (entradas: readonly Entrada[]) => {
  const todo = entradas.map(({ texto }) => texto).join('\n')
  const finales: number[] = []
  for (const { texto } of entradas) finales.push((finales.at(-1) ?? -1) + texto.length + 1)
  /** Llama con cada entrada que contiene el texto, en orden, hasta que `visitar` diga que basta. */
  return (buscado: string, visitar: (entrada: Entrada) => boolean): void => {
    let i = 0
    for (let donde = todo.indexOf(buscado); donde >= 0; donde = todo.indexOf(buscado, finales[i])) {
      while ((finales[i] ?? todo.length) < donde) i++
      const entrada = entradas[i]
      if (entrada === undefined || visitar(entrada)) return
    }
  }
}

/** Prepara la lista una vez, para buscar en ella muchas. */
export const crear_aeropuertos = (lugares: readonly Lugar[], centros: ReadonlySet<string>): Aeropuertos => {
  const porCodigo = new Map(lugares.map((lugar) => [lugar.codigo, lugar]))
  const entradas = lugares
    .map(entradaDe)
    .sort((a, b) => pesoDe(a.lugar, centros) - pesoDe(b.lugar, centros) || (a.texto.slice(5) < b.texto.slice(5) ? -1 : 1))
  const recorrer = indiceDe(entradas)
  return {
    porCodigo: (codigo) => porCodigo.get(codigo.toUpperCase()),
    buscar: (texto, limite) => {
      const buscado = sin_tildes(texto)
      if (buscado === '') return []
      const exacto = porCodigo.get(buscado.toUpperCase())
      const rangos: readonly [Lugar[], Lugar[], Lugar[]] = [[], [], []]
      recorrer(buscado, (entrada) => {
        const rango = rangos[rangoDe(entrada, buscado)]
        if (rango.length < limite && entrada.lugar !== exacto) rango.push(entrada.lugar)
        return rangos[0].length === limite
      })
      return [...(exacto === undefined ? [] : [exacto]), ...rangos.flat()].slice(0, limite)
    },
  }
}
