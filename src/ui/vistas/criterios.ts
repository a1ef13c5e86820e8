/** Los criterios de una búsqueda tal como se editan; en la dirección sólo va lo que el tipo de viaje usa. */
export type TipoDeViaje = 'ida' | 'regreso' | 'abierto'
export type Viajeros = Readonly<{ adultos: number; menores: number; infantes: number }>
export type Criterios = Readonly<{
  tipo: TipoDeViaje
  origen: string
  destino: string
  fecha: string
  regreso: string
  origen_regreso: string
  destino_regreso: string
  clase: string
}> &
  Viajeros

export type Campo = 'origen' | 'destino' | 'fecha' | 'origen_regreso' | 'destino_regreso' | 'regreso'

const CAMPOS: Readonly<Record<TipoDeViaje, readonly Campo[]>> = {
  ida: ['origen', 'destino', 'fecha'],
  regreso: ['origen', 'destino', 'fecha', 'regreso'],
  abierto: ['origen', 'destino', 'fecha', 'origen_regreso', 'destino_regreso', 'regreso'],
}

const tipoDe = (url: URLSearchParams): TipoDeViaje => {
  if (url.has('origen_regreso') || url.has('destino_regreso')) return 'abierto'
  return url.has('regreso') || !url.has('origen') ? 'regreso' : 'ida'
}

const numero = (url: URLSearchParams, nombre: string, defecto: number): number => {
  const leido = Number.parseInt(url.get(nombre) ?? '', 10)
  return Number.isNaN(leido) ? defecto : leido
}

export const leerCriterios = (url: URLSearchParams): Criterios => {
  const texto = (nombre: string) => url.get(nombre) ?? ''
  return {
    tipo: tipoDe(url),
    origen: texto('origen'),
    destino: texto('destino'),
    fecha: texto('fecha'),
    regreso: texto('regreso'),
    origen_regreso: url.get('origen_regreso') ?? texto('destino'),
    destino_regreso: url.get('destino_regreso') ?? texto('origen'),
    clase: url.get('clase') ?? 'ECONOMICA',
    adultos: numero(url, 'adultos', 1),
    menores: numero(url, 'menores', 0),
    infantes: numero(url, 'infantes', 0),
  }
}

/** Lo que falta para poder buscar, en el orden en que se ve. */
export const faltantes = (criterios: Criterios): readonly Campo[] => CAMPOS[criterios.tipo].filter((campo) => criterios[campo] === '')

export const escribirCriterios = (criterios: Criterios): URLSearchParams => {
  const campos = CAMPOS[criterios.tipo].map((campo) => [campo, criterios[campo]])
  const viajeros = (['adultos', 'menores', 'infantes'] as const).map((nombre) => [nombre, String(criterios[nombre])])
  return new URLSearchParams([...campos, ...viajeros, ['clase', criterios.clase]])
}

export const cuantosViajan = ({ adultos, menores, infantes }: Viajeros): number => adultos + menores + infantes
