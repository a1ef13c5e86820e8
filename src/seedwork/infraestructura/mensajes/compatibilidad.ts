import { ErrorDominio, type Texto } from '../../dominio/errores.ts'
import { type EsquemaAvro, type Nodo, type NodoRecord, nodoDe, type Primitivo } from './esquema_avro.ts'

export type ReglaDeEsquema =
  | 'campo_agregado_sin_valor_por_defecto'
  | 'campo_quitado_sin_valor_por_defecto'
  | 'tipo_cambiado'
  | 'union_reducida'
  | 'union_ampliada'
  | 'nombre_cambiado'

/** `campo` es el camino desde la raíz: `data.id_reserva`, `itinerarios[].odos`; vacío es el record mismo. */
export type Incompatibilidad = Readonly<{ campo: string; regla: ReglaDeEsquema; texto: Texto }>

/** Por qué un lector no puede leer lo que escribe otro, sin decir todavía cuál es el nuevo. `sobran`: ramas del lector menos las del escritor. */
type Problema = Readonly<{ campo: string; falta: 'valor_por_defecto' | 'nombre' } | { campo: string; falta: 'rama'; sobran: number }>
/** Los records que se están comparando: volver a uno de ellos, en un esquema que se nombra a sí mismo, no dice nada nuevo. */
type Pares = readonly (readonly [NodoRecord, NodoRecord])[]

/** De qué otros primitivos puede leer un primitivo (Avro 1.11, Schema Resolution). */
const PROMOCIONES: Readonly<Partial<Record<Primitivo, readonly Primitivo[]>>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
}

const ramasDe = (nodo: Nodo): readonly Nodo[] => (nodo.clase === 'union' ? nodo.ramas : [nodo])
const bajo = (campo: string, nombre: string): string => (campo === '' ? nombre : `${campo}.${nombre}`)

const leeRecord = (lector: NodoRecord, escritor: NodoRecord, campo: string, pares: Pares): readonly Problema[] => {
  if (lector.nombre !== escritor.nombre) return [{ campo, falta: 'nombre' }]
  if (pares.some(([l, e]) => l === lector && e === escritor)) return []
  const dentro: Pares = [...pares, [lector, escritor]]
  const escritos = new Map(escritor.campos.map((c) => [c.nombre, c.tipo]))
  return lector.campos.flatMap(({ nombre, tipo, conDefecto }) => {
    const escrito = escritos.get(nombre)
    if (escrito) return problemas(tipo, escrito, bajo(campo, nombre), dentro)
    return conDefecto ? [] : [{ campo: bajo(campo, nombre), falta: 'valor_por_defecto' } as const]
  })
}

/** Los problemas de leer una rama con otra; `undefined` si no se parecen en nada. */
const leeRama = (lector: Nodo, escritor: Nodo, campo: string, pares: Pares): readonly Problema[] | undefined => {
  if (lector.clase === 'record' && escritor.clase === 'record') return leeRecord(lector, escritor, campo, pares)
  if ((lector.clase === 'array' || lector.clase === 'map') && lector.clase === escritor.clase) {
    return problemas(lector.de, escritor.de, `${campo}[]`, pares)
  }
  if (lector.clase !== 'primitivo' || escritor.clase !== 'primitivo') return undefined
  const bueno = lector.primitivo === escritor.primitivo || PROMOCIONES[lector.primitivo]?.includes(escritor.primitivo)
  return bueno ? [] : undefined
}

/** Cada rama del escritor tiene que poder leerla alguna del lector; un esquema que no es unión cuenta como unión de una rama. */
const problemas = (lector: Nodo, escritor: Nodo, campo: string, pares: Pares): readonly Problema[] => {
  const lectoras = ramasDe(lector)
  const escritoras = ramasDe(escritor)
  return escritoras.flatMap((rama) => {
    const intentos = lectoras.map((lectora) => leeRama(lectora, rama, campo, pares)).filter((intento) => intento !== undefined)
    if (intentos.some((intento) => intento.length === 0)) return []
    const parecido = intentos.find(([primero]) => primero?.falta !== 'nombre') ?? intentos[0]
    return parecido ?? [{ campo, falta: 'rama', sobran: lectoras.length - escritoras.length } as const]
  })
}

type Sentido = 'lector_nuevo' | 'lector_anterior'

const reglaDe = (problema: Problema, sentido: Sentido): ReglaDeEsquema => {
  if (problema.falta === 'rama') {
    if (problema.sobran === 0) return 'tipo_cambiado'
    return problema.sobran > 0 === (sentido === 'lector_nuevo') ? 'union_ampliada' : 'union_reducida'
  }
  if (problema.falta === 'nombre') return 'nombre_cambiado'
  return sentido === 'lector_nuevo' ? 'campo_agregado_sin_valor_por_defecto' : 'campo_quitado_sin_valor_por_defecto'
}

const NUEVO_LEE_ANTERIOR: Texto = {
  es: 'quien lee con el esquema nuevo no podría leer los mensajes ya escritos',
  en: 'readers of the new schema could not read the messages already written',
}
const ANTERIOR_LEE_NUEVO: Texto = {
  es: 'quien lee con el esquema anterior no podría leer los mensajes nuevos',
  en: 'readers of the previous schema could not read the new messages',
}
const que = (es: string, en: string, por: Texto): Texto => ({ es: `${es}: ${por.es}`, en: `${en}: ${por.en}` })

const FRASES: Readonly<Record<ReglaDeEsquema, Texto>> = {
  campo_agregado_sin_valor_por_defecto: que('se agregó sin valor por defecto', 'was added without a default', NUEVO_LEE_ANTERIOR),
  campo_quitado_sin_valor_por_defecto: que('se quitó y no tenía valor por defecto', 'was removed and had no default', ANTERIOR_LEE_NUEVO),
  tipo_cambiado: { es: 'cambió de tipo', en: 'changed its type' },
  union_reducida: que('admite menos tipos que antes', 'admits fewer types than before', NUEVO_LEE_ANTERIOR),
  union_ampliada: que('admite más tipos que antes', 'admits more types than before', ANTERIOR_LEE_NUEVO),
  nombre_cambiado: { es: 'es un record con otro nombre', en: 'is a record with another name' },
}

const incompatibilidad = (campo: string, regla: ReglaDeEsquema): Incompatibilidad => {
  const frase = FRASES[regla]
  return {
    campo,
    regla,
    texto: {
      es: `${campo === '' ? 'el record' : `«${campo}»`} ${frase.es}`,
      en: `${campo === '' ? 'the record' : `"${campo}"`} ${frase.en}`,
    },
  }
}

/**
 * Por qué `nuevo` no puede seguir a `anterior` bajo la regla FULL de Avro: que cada uno lea lo que escribe el otro. Vacía si puede.
 * Nombra cada campo una vez por regla.
 */
export const incompatibilidades = (anterior: EsquemaAvro, nuevo: EsquemaAvro): readonly Incompatibilidad[] => {
  const [nodoAnterior, nodoNuevo] = [nodoDe(anterior), nodoDe(nuevo)]
  const halladas = new Map<string, Incompatibilidad>()
  const anotar = (problema: Problema, sentido: Sentido): void => {
    const regla = reglaDe(problema, sentido)
    halladas.set(`${problema.campo} ${regla}`, incompatibilidad(problema.campo, regla))
  }
  for (const problema of problemas(nodoNuevo, nodoAnterior, '', [])) anotar(problema, 'lector_nuevo')
  for (const problema of problemas(nodoAnterior, nodoNuevo, '', [])) anotar(problema, 'lector_anterior')
  return [...halladas.values()]
}

/** Lanza `esquema_incompatible`, con cada campo y su regla en una frase, si `nuevo` no puede seguir a `anterior` en `topico`. */
export const comprobarCompatible = ({
  topico,
  anterior,
  nuevo,
}: Readonly<{ topico: string; anterior: EsquemaAvro; nuevo: EsquemaAvro }>): void => {
  const halladas = incompatibilidades(anterior, nuevo)
  if (halladas.length === 0) return
  const frases = (idioma: keyof Texto): string => halladas.map(({ texto, regla }) => `${texto[idioma]} (${regla})`).join('; ')
  throw new ErrorDominio({
    codigo: 'esquema_incompatible',
    clase: 'conflicto',
    texto: {
      es: `El esquema de «${topico}» no es compatible con el registrado: ${frases('es')}. Un cambio así necesita su propio tópico.`,
      en: `The schema of "${topico}" is not compatible with the registered one: ${frases('en')}. Such a change needs a topic of its own.`,
    },
  })
}
