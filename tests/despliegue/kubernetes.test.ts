import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { parse, parseAllDocuments } from 'yaml'
import { ESQUEMAS, entornoDeImagen, esExacta, etapaFinal, faltasDelEntorno, leer, type Nombre, nombreDe, RAIZ } from './apoyo.ts'

type Puerto = string | number
type Sonda = Readonly<{
  httpGet?: Readonly<{ path: string; port: Puerto }>
  grpc?: Readonly<{ port: number }>
  tcpSocket?: Readonly<{ port: Puerto }>
  exec?: Readonly<{ command: readonly string[] }>
}>
type Contenedor = Readonly<{
  name: string
  image: string
  command?: readonly string[]
  ports?: readonly Readonly<{ name: string; containerPort: number }>[]
  env?: readonly Readonly<{ name: string; value?: string; valueFrom?: Readonly<{ secretKeyRef: object }> }>[]
  envFrom?: readonly Readonly<{ configMapRef: Readonly<{ name: string }> }>[]
  startupProbe?: Sonda
  livenessProbe?: Sonda
  readinessProbe?: Sonda
  lifecycle?: Readonly<{ preStop: Readonly<{ sleep: Readonly<{ seconds: number }> }> }>
  securityContext: object
  resources: Readonly<{ requests: Readonly<Record<string, string>>; limits: Readonly<Record<string, string>> }>
  volumeMounts: readonly Readonly<{ name: string; mountPath: string }>[]
}>
type Pod = Readonly<{
  securityContext: Readonly<Record<string, unknown>>
  automountServiceAccountToken: boolean
  terminationGracePeriodSeconds?: number
  containers: readonly Contenedor[]
  volumes: readonly Readonly<{ name: string; secret?: Readonly<{ secretName: string }> }>[]
}>
type Objeto = Readonly<{
  kind: string
  metadata: Readonly<{ name: string }>
  // Cada clase tiene la suya; lo que aquí se mira de las que llevan un pod es el pod.
  spec: Readonly<{ template: Readonly<{ spec: Pod }> }> & Readonly<Record<string, unknown>>
}>

const OBJETOS: readonly Objeto[] = globSync('despliegue/kubernetes/*.yaml', { cwd: RAIZ, exclude: ['**/kustomization.yaml'] })
  .sort()
  .flatMap((ruta) => parseAllDocuments(leer(ruta)).map((documento) => documento.toJS() as Objeto))
const KUSTOMIZACION = parse(leer('despliegue/kubernetes/kustomization.yaml')) as {
  resources: readonly string[]
  configMapGenerator: readonly { name: string; literals: readonly string[] }[]
  images: readonly { name: string; newTag: string }[]
}
const de = (kind: string, nombre?: string): readonly Objeto[] =>
  OBJETOS.filter((uno) => uno.kind === kind && (nombre === undefined || uno.metadata.name === nombre))
const PODS = [...de('Deployment'), ...de('Job')].map(({ metadata, spec }) => ({ nombre: metadata.name, pod: spec.template.spec }))
const CONTENEDORES = PODS.flatMap(({ pod }) =>
  pod.containers.map((contenedor) => ({ pod, contenedor, imagen: nombreDe(contenedor) as Nombre })),
)
const contenedor = (nombre: string): Contenedor =>
  CONTENEDORES.find(({ contenedor: { name } }) => name === nombre)?.contenedor ?? assert.fail(nombre)

test('kustomization.yaml nombra todos los manifiestos y la versión exacta de cada imagen', () => {
  const archivos = globSync('*.yaml', { cwd: join(RAIZ, 'despliegue/kubernetes') }).filter((ruta) => ruta !== 'kustomization.yaml')
  assert.deepEqual([...KUSTOMIZACION.resources].sort(), archivos.sort())
  const { version } = JSON.parse(leer('package.json'))
  assert.deepEqual(
    KUSTOMIZACION.images.map(({ name, newTag }) => `${name}:${newTag}`),
    ['api', 'notificaciones', 'sidecar', 'ui'].map((imagen) => `aeroalpes/${imagen}:${version}`),
  )
  for (const { contenedor } of CONTENEDORES) assert.ok(esExacta(contenedor.image), contenedor.image)
})

test('la API y el adaptador van en el mismo pod, como en el tutorial, y el adaptador la encuentra en su propia máquina', () => {
  const [api] = PODS.filter(({ nombre }) => nombre === 'api')
  assert.deepEqual(
    api?.pod.containers.map(({ name }) => name),
    ['api', 'sidecar'],
  )
  const direccion = contenedor('sidecar').env?.find(({ name }) => name === 'AEROALPES_ADDRESS')?.value
  assert.equal(direccion, `localhost:${entornoDeImagen('api').AEROALPES_PUERTO}`)
})

for (const { pod, contenedor, imagen } of CONTENEDORES) {
  test(`${contenedor.name}: sin root, sin escribir en su raíz, sin permisos de más, con lo que pide y lo que puede gastar`, () => {
    const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext
    assert.deepEqual([runAsNonRoot, runAsUser, seccompProfile], [true, 1000, { type: 'RuntimeDefault' }])
    assert.equal(pod.automountServiceAccountToken, false)
    assert.deepEqual(contenedor.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    assert.ok(contenedor.resources.requests.cpu && contenedor.resources.requests.memory && contenedor.resources.limits.memory)
    const montados = contenedor.volumeMounts.map(({ mountPath }) => mountPath)
    for (const escrita of ['/datos', '/tmp']) assert.ok(montados.includes(escrita), escrita)
    const volumenes = pod.volumes.map(({ name }) => name)
    for (const { name } of contenedor.volumeMounts) assert.ok(volumenes.includes(name), name)
  })

  test(`${contenedor.name}: sólo variables que su proceso lee, ninguna que falte, y los secretos por referencia`, () => {
    const deMapa = (contenedor.envFrom ?? []).flatMap(
      ({ configMapRef }) => KUSTOMIZACION.configMapGenerator.find(({ name }) => name === configMapRef.name)?.literals ?? assert.fail(),
    )
    const propias = (contenedor.env ?? []).filter(({ value }) => value !== undefined)
    const env = Object.fromEntries([...deMapa.map((una) => una.split('=', 2)), ...propias.map(({ name, value }) => [name, value])])
    assert.deepEqual(faltasDelEntorno(imagen, env), [])
    const { esquema, reglas } = ESQUEMAS[imagen]
    for (const { name, valueFrom } of contenedor.env ?? []) if (valueFrom) assert.ok(esquema[name]?.secreta, name)
    // Lo que está en un archivo se da aquí con uno que vale: el secreto de verdad lo pone quien despliega.
    const valen: Readonly<Record<string, string>> = {
      BASE_DATOS_ARCHIVO: 'postgres://u:c@s/b',
      SMTP_URL_ARCHIVO: 'smtps://s',
      AEROALPES_CLAVE_ACTOR_ARCHIVO: 'A'.repeat(43),
    }
    const dichas = Object.entries({ ...entornoDeImagen(imagen), ...env }).map(([nombre, valor]) =>
      nombre.endsWith('_ARCHIVO') ? [nombre.replace('_ARCHIVO', ''), valen[nombre]] : [nombre, valor],
    )
    leerVariables(esquema, Object.fromEntries(dichas), reglas)
    const secretos = pod.volumes.filter(({ secret }) => secret !== undefined).map(({ name }) => name)
    const montados = contenedor.volumeMounts.filter(({ name }) => secretos.includes(name)).map(({ mountPath }) => mountPath)
    for (const [nombre, valor = ''] of Object.entries<string>(env))
      if (nombre.endsWith('_ARCHIVO'))
        assert.ok(
          montados.some((carpeta) => valor.startsWith(`${carpeta}/`)),
          nombre,
        )
  })
}

const SONDAS: Readonly<Record<string, Readonly<Partial<Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', string>>>>> = {
  api: { startupProbe: '/health', livenessProbe: '/health', readinessProbe: '/health/ready' },
  ui: { startupProbe: '/health', livenessProbe: '/health', readinessProbe: '/health/ready' },
  notificaciones: { startupProbe: '/health', livenessProbe: '/health', readinessProbe: '/health/ready' },
}

for (const [nombre, rutas] of Object.entries(SONDAS))
  test(`las sondas de ${nombre} son sus rutas de salud, en el puerto que su imagen declara`, () => {
    const suyo = contenedor(nombre)
    for (const [sonda, ruta] of Object.entries(rutas)) {
      const { path, port } = suyo[sonda as 'livenessProbe']?.httpGet ?? assert.fail(sonda)
      assert.equal(path, ruta)
      const numero = suyo.ports?.find(({ name }) => name === port)?.containerPort
      assert.equal(String(numero), etapaFinal(nombre as Nombre).find(({ orden }) => orden === 'EXPOSE')?.texto)
    }
  })

test('el adaptador dice por gRPC si sirve', () => {
  const { readinessProbe, livenessProbe } = contenedor('sidecar')
  assert.equal(String(readinessProbe?.grpc?.port), etapaFinal('sidecar').find(({ orden }) => orden === 'EXPOSE')?.texto)
  assert.ok(livenessProbe?.tcpSocket, 'que falte la API no es motivo para reiniciarlo')
})

/** Segundos que dice una constante de milisegundos del código. */
const segundosDe = (ruta: string, nombre: string): number =>
  Number(new RegExp(`const ${nombre} = ([\\d_]+)`).exec(leer(ruta))?.[1]?.replaceAll('_', '')) / 1_000

test('al terminar hay tiempo: primero deja de recibir, luego salda lo suyo, y a la API no la quitan mientras el adaptador la usa', () => {
  const cierre = segundosDe('src/seedwork/infraestructura/proceso/correr.ts', 'PLAZO_DE_CIERRE_MS')
  const gracia = segundosDe('src/sidecar/main.ts', 'GRACIA_MS')
  const antes = (nombre: string): number => contenedor(nombre).lifecycle?.preStop.sleep.seconds ?? 0
  assert.ok(antes('api') >= antes('sidecar') + gracia)
  for (const { nombre, pod } of PODS.filter(({ nombre }) => nombre !== 'migraciones'))
    for (const { name } of pod.containers) assert.ok((pod.terminationGracePeriodSeconds ?? 30) > antes(name) + cierre, `${nombre}/${name}`)
})

test('crece con su procesador y con lo pendiente, que es una medida que la API publica', () => {
  const [api] = de('HorizontalPodAutoscaler', 'api').map(({ spec }) => spec.metrics) as unknown as Readonly<{
    type: string
    external?: { metric: { name: string; selector: { matchLabels: { suscripcion: string } } } }
  }>[][]
  assert.deepEqual(
    api?.map(({ type }) => type),
    ['ContainerResource', 'External'],
  )
  const metrica = api?.find(({ external }) => external)?.external?.metric
  assert.ok(leer('src/seedwork/infraestructura/broker/medir_atrasos.ts').includes(`medir('${metrica?.name}'`))
  assert.ok(leer('src/aeroalpes/sistema.ts').includes(`nombre: '${metrica?.selector.matchLabels.suscripcion}'`))
})

test('cada proceso que puede repetirse tiene quien lo escale y quien cuide que no se vayan todos; el de los correos es uno', () => {
  for (const nombre of ['api', 'ui']) {
    assert.equal(de('PodDisruptionBudget', nombre).length, 1)
    const [hpa] = de('HorizontalPodAutoscaler', nombre)
    assert.ok(Number(hpa?.spec.minReplicas) >= 2)
  }
  const [correos] = de('Deployment', 'notificaciones')
  assert.deepEqual([correos?.spec.replicas, correos?.spec.strategy], [1, { type: 'Recreate' }])
})

test('la red empieza cerrada, y lo que se abre es de pods que existen y a puertos que alguien tiene', () => {
  const [nada] = de('NetworkPolicy', 'nada')
  assert.deepEqual(nada?.spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  const texto = leer('despliegue/kubernetes/red.yaml')
  const nombrados = [...texto.matchAll(/app\.kubernetes\.io\/name(?:: |, operator: In, values: \[)([a-z, ]+)/g)].flatMap(([, lista = '']) =>
    lista.split(', '),
  )
  const hay = PODS.map(({ nombre }) => nombre)
  assert.deepEqual(
    nombrados.filter((nombre) => !hay.includes(nombre.trim())),
    [],
  )
  const propios = CONTENEDORES.flatMap(({ contenedor: { ports = [] } }) => ports.map(({ containerPort }) => containerPort))
  const deFuera = [53, 465, 587, 5432, 8080]
  const abiertos = [...texto.matchAll(/port: (\d+)/g)].map(([, puerto]) => Number(puerto))
  assert.deepEqual(
    abiertos.filter((puerto) => ![...propios, ...deFuera].includes(puerto)),
    [],
  )
})

test('los servicios llevan a puertos con nombre de su pod', () => {
  for (const { metadata, spec } of de('Service'))
    for (const { targetPort } of spec.ports as unknown as { targetPort: string }[]) {
      const puertos = PODS.find(({ nombre }) => nombre === metadata.name)?.pod.containers.flatMap(({ ports = [] }) => ports)
      assert.ok(
        puertos?.some(({ name }) => name === targetPort),
        targetPort,
      )
    }
})
