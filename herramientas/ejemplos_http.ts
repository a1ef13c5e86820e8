/** Una petición de un archivo `.http`. `estado` es el que el archivo dice que responde. */
export type Ejemplo = Readonly<{
  titulo: string
  nombre: string | undefined
  estado: number
  metodo: string
  url: string
  cabeceras: Readonly<Record<string, string>>
  cuerpo: string | undefined
}>

const PETICION = /^(GET|POST|PUT|PATCH|DELETE) (\S+)$/

/** Las peticiones del archivo, en orden. Lanza si una no dice qué se pide o con qué estado responde. */
export const ejemplosDe = (texto: string): readonly Ejemplo[] => texto.split(/^### /m).slice(1).map(leer)

const leer = (parte: string): Ejemplo => {
  const [encabezado = '', ...cuerpo] = parte.split('\n\n')
  const [titulo = '', ...lineas] = encabezado.trim().split('\n')
  const peticion = lineas.map((linea) => PETICION.exec(linea)).find((hallada) => hallada !== null)
  const estado = /^# responde (\d{3})$/m.exec(encabezado)?.[1]
  if (peticion === undefined || estado === undefined) throw new Error(`«${titulo}» no dice qué se pide, o no dice «# responde <estado>».`)
  const cabeceras = lineas.filter((linea) => /^[A-Za-z-]+: /.test(linea)).map((linea) => linea.split(/: (.*)/s, 2))
  return {
    titulo,
    nombre: /^# @name (\w+)$/m.exec(encabezado)?.[1],
    estado: Number(estado),
    metodo: peticion[1] ?? '',
    url: peticion[2] ?? '',
    cabeceras: Object.fromEntries(cabeceras),
    cuerpo: cuerpo.join('\n\n').trim() || undefined,
  }
}

/** Las respuestas de las peticiones con nombre. */
export type Respuestas = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** Lo que hay en `a[0].b`. */
const hallar = (valor: unknown, camino: string): unknown =>
  camino
    .split(/[.[\]]+/)
    .reduce<unknown>((dentro, paso) => (paso === '' ? dentro : (dentro as Record<string, unknown> | undefined)?.[paso]), valor)

/** El texto con cada `{{variable}}` y cada `{{nombre.response.body.$.miembro}}` en su lugar. Lanza si alguna no existe. */
export const conValores = (texto: string, variables: Readonly<Record<string, string>>, respuestas: Respuestas): string =>
  texto.replaceAll(/\{\{([^}]+)\}\}/g, (_, expresion: string) => {
    const [nombre = '', miembro] = expresion.split('.response.body.$.')
    const valor = miembro === undefined ? variables[nombre] : hallar(respuestas.get(nombre), miembro)
    if (valor === undefined) throw new Error(`Nadie da valor a {{${expresion}}}.`)
    return String(valor)
  })
